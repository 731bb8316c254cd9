package io.lignum.server.service;

import io.lignum.cluster.ClusterException.Leader;
import io.lignum.cluster.ClusterStatus;
import io.lignum.cluster.peer.NodeAddress;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * The membership of a standalone node: it always leads, and cluster commands fail with
 * FAILED_PRECONDITION.
 */
final class StandaloneMembership implements ClusterMember {

    private final ClusterStatus status;
    private final Optional<Leader> self;
    private final NodeAlarms alarms;

    StandaloneMembership(String nodeId, NodeAddress address, NodeAlarms alarms) {
        this.alarms = alarms;
        self = Optional.of(new Leader(nodeId, address));
        ClusterStatus.Node node = new ClusterStatus.Node(
                nodeId,
                "",
                address,
                true,
                true,
                true,
                OptionalLong.of(0),
                OptionalLong.of(0),
                false,
                false);
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
        return alarms.addTo(status, status.nodeId());
    }

    @Override
    public CompletableFuture<ClusterStatus> leaderStatus() {
        return CompletableFuture.completedFuture(status());
    }

    @Override
    public List<NodeAlarm> alarms() {
        return alarms.active();
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
        return CompletableFuture.failedFuture(ServiceException.refused(
                ErrorCode.FAILED_PRECONDITION,
                "this node stands alone: its configuration has no consul section, so it"
                        + " is not part of a cluster"));
    }
}
