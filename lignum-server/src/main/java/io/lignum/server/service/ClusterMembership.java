package io.lignum.server.service;

import io.lignum.cluster.ClusterException.Leader;
import io.lignum.cluster.ClusterStatus;
import io.lignum.cluster.node.ClusterNode;
import io.lignum.storage.StorageException;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The {@link ClusterOverview} of a node of a cluster. */
final class ClusterMembership implements ClusterMember {

    private final ClusterNode node;

    ClusterMembership(ClusterNode node) {
        this.node = node;
    }

    @Override
    public boolean isClustered() {
        return true;
    }

    @Override
    public ClusterStatus status() {
        return node.status();
    }

    @Override
    public CompletableFuture<ClusterStatus> leaderStatus() {
        return node.leaderStatus();
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
