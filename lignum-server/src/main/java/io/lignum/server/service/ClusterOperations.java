package io.lignum.server.service;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The commands of an operator, for one who may give them. Each is written to the audit log. Any
 * thread; the futures complete on threads that must not be blocked.
 */
public final class ClusterOperations {

    private final ClusterMember membership;
    private final Permissions permissions;

    ClusterOperations(ClusterMember membership, Permissions permissions) {
        this.membership = membership;
        this.permissions = permissions;
    }

    /** Empty: to the follower that is furthest. */
    public CompletableFuture<Void> transferLeadership(Optional<String> toNodeId) {
        return permissions.audited(
                "transfer-leader", toNodeId.orElse("any"), membership.transferLeadership(toNodeId));
    }

    /** Removes a node from the cluster for good. */
    public CompletableFuture<Void> decommission(String nodeId) {
        return permissions.audited("decommission", nodeId, membership.decommission(nodeId));
    }

    /** Lets the cluster continue with the data of this node. */
    public CompletableFuture<Void> recover(boolean unclean) {
        return permissions.audited(
                "recover", unclean ? "unclean" : "clean", membership.recover(unclean));
    }
}
