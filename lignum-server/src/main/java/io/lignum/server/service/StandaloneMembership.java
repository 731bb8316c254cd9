package io.lignum.server.service;

import io.lignum.cluster.ClusterException.Leader;
import io.lignum.cluster.ClusterStatus;
import io.lignum.cluster.peer.NodeAddress;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A node that stands alone: always there, always leading, nothing to be changed. */
final class StandaloneMembership implements Membership {

    private final ClusterStatus status;
    private final Optional<Leader> self;

    StandaloneMembership(String nodeId, NodeAddress address) {
        self = Optional.of(new Leader(nodeId, address));
        ClusterStatus.Node node =
                new ClusterStatus.Node(nodeId, "", address, true, true, true, 0, 0, false, false);
        status = new ClusterStatus(
                "",
                "",
                nodeId,
                ClusterStatus.Role.LEADER,
                0,
                Optional.of(nodeId),
                List.of(nodeId),
                1,
                true,
                List.of(node),
                List.of());
    }

    @Override
    public boolean isClustered() {
        return false;
    }

    @Override
    public ClusterStatus status() {
        return status;
    }

    @Override
    public CompletableFuture<ClusterStatus> leaderStatus() {
        return CompletableFuture.completedFuture(status);
    }

    @Override
    public Optional<Leader> leader() {
        return self;
    }

    @Override
    public CompletableFuture<Void> transferLeadership(Optional<String> toNodeId) {
        return refused();
    }

    @Override
    public CompletableFuture<Void> decommission(String nodeId) {
        return refused();
    }

    @Override
    public CompletableFuture<Void> recover(boolean unclean) {
        return refused();
    }

    private static CompletableFuture<Void> refused() {
        return CompletableFuture.failedFuture(
                ServiceException.refused(
                        ErrorCode.INVALID_ARGUMENT,
                        "this node stands alone: without a consul section in its settings it is in no cluster"));
    }
}
