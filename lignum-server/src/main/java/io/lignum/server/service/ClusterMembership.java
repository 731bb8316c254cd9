package io.lignum.server.service;

import io.lignum.cluster.ClusterException.Leader;
import io.lignum.cluster.ClusterStatus;
import io.lignum.cluster.node.ClusterNode;
import io.lignum.storage.StorageException;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The {@link ClusterOverview} of a node of a cluster. */
final class ClusterMembership implements ClusterMember {

    private final ClusterNode node;
    private final NodeAlarms alarms;

    ClusterMembership(ClusterNode node, NodeAlarms alarms) {
        this.node = node;
        this.alarms = alarms;
    }

    @Override
    public boolean isClustered() {
        return true;
    }

    @Override
    public ClusterStatus status() {
        ClusterStatus status = node.status();
        return alarms.addTo(status, status.nodeId());
    }

    @Override
    public CompletableFuture<ClusterStatus> leaderStatus() {
        return node.leaderStatus()
                .thenApply(status -> alarms.addTo(status, node.status().nodeId()));
    }

    @Override
    public List<NodeAlarm> alarms() {
        return alarms.active();
    }

    @Override
    public Optional<Leader> leader() {
        return node.leader();
    }

    @Override
    public RuntimeException readError(String topic, long from, StorageException failure) {
        return node.readError(topic, from, failure);
    }

    @Override
    public CompletableFuture<Void> transferLeadership(Optional<String> toNodeId) {
        return node.transferLeadership(toNodeId);
    }

    @Override
    public CompletableFuture<Void> decommission(String nodeId) {
        return node.decommission(nodeId);
    }

    @Override
    public CompletableFuture<Void> recover(boolean unclean) {
        return node.recover(unclean);
    }
}
