package io.lignum.server.service;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A {@link ClusterOverview} with the commands of an operator. */
public interface ClusterMember extends ClusterOverview {

    /** Transfers leadership; without a node id to the node with the longest logs. */
    CompletableFuture<Void> transferLeadership(Optional<String> toNodeId);

    /** Removes a node from the cluster for good. */
    CompletableFuture<Void> decommission(String nodeId);

    /** Lets the cluster continue with this node's data. */
    CompletableFuture<Void> recover(boolean unclean);
}
