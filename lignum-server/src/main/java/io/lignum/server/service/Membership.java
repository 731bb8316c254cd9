package io.lignum.server.service;

import io.lignum.cluster.ClusterException.Leader;
import io.lignum.cluster.ClusterStatus;
import io.lignum.storage.StorageException;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The cluster that the node is in; a standalone node is one of its own, and leads it. Any thread;
 * nothing blocks. Futures complete on threads that must not be blocked; what they fail with is told
 * by {@link ServiceException#of}.
 */
public interface Membership {

    /** Whether there can be other nodes. */
    boolean isClustered();

    /** What this node knows. */
    ClusterStatus status();

    /** What the leader knows. */
    CompletableFuture<ClusterStatus> leaderStatus();

    /** Who leads, as far as this node knows. */
    Optional<Leader> leader();

    /** Hands leadership over, to the node that is furthest if none is named. */
    CompletableFuture<Void> transferLeadership(Optional<String> toNodeId);

    /** Takes a node out of the cluster for good. */
    CompletableFuture<Void> decommission(String nodeId);

    /** An operator's word that this node's data is what the cluster goes on with. */
    CompletableFuture<Void> recover(boolean unclean);

    /**
     * What to tell a reader whose read of this node's copy of a topic failed with {@code failure}.
     *
     * @param from the offset that the read began at
     */
    default RuntimeException readError(String topic, long from, StorageException failure) {
        return failure;
    }

    /** Whether writes sent to this node have somewhere to go. */
    default boolean takesWrites() {
        return leader().isPresent();
    }

    /** Whether linearizable reads can be answered here. */
    default boolean takesLinearizableReads() {
        return takesWrites() && status().coordinatorReachable();
    }
}
