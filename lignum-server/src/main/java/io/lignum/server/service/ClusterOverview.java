package io.lignum.server.service;

import io.lignum.cluster.ClusterException.Leader;
import io.lignum.cluster.ClusterStatus;
import io.lignum.storage.StorageException;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The cluster of the node; a standalone node is a cluster of one, which it leads. Any thread;
 * nothing blocks. Futures complete on threads that must not be blocked; {@link ServiceException#of}
 * converts what they fail with.
 */
public interface ClusterOverview {

    /** Whether the cluster can have other nodes. */
    boolean isClustered();

    /** The state of the cluster as this node knows it. */
    ClusterStatus status();

    /** The state of the cluster as the leader knows it. */
    CompletableFuture<ClusterStatus> leaderStatus();

    /** The alarms of this node alone. Their texts are also among those of the status. */
    List<NodeAlarm> alarms();

    /** The leader, as far as this node knows. */
    Optional<Leader> leader();

    /**
     * Returns the error for a reader whose read of this node's copy of a topic failed with
     * {@code failure}.
     *
     * @param from the offset at which the read began
     */
    default RuntimeException readError(String topic, long from, StorageException failure) {
        return failure;
    }

    /** Whether this node accepts writes, itself or for the leader. */
    default boolean takesWrites() {
        return leader().isPresent();
    }

    /** Whether this node can serve linearizable reads. */
    default boolean takesLinearizableReads() {
        return takesWrites() && status().coordinatorReachable();
    }
}
