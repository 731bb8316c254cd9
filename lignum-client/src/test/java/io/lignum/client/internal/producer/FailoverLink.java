package io.lignum.client.internal.producer;

import io.lignum.api.ProduceRequest;
import io.lignum.api.ProduceResponse;
import io.lignum.client.internal.net.ClusterMetadata;

import java.util.ArrayDeque;

/** A producer's link to a node of {@link FailoverCluster}: two queues that a test empties. */
final class FailoverLink implements ProduceLink {
    final FailoverCluster.Node node;
    final ClusterMetadata nodes;
    final ArrayDeque<ProduceRequest> requests = new ArrayDeque<>();
    final ArrayDeque<ProduceResponse> responses = new ArrayDeque<>();
    boolean over;

    FailoverLink(FailoverCluster.Node node, ClusterMetadata nodes) {
        this.node = node;
        this.nodes = nodes;
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public boolean isLeaderElsewhere() {
        return nodes.leader().filter(leader -> !leader.equals(node.address)).isPresent();
    }

    @Override
    public void send(Batch batch) {
        requests.add(ProduceRequests.of(batch));
    }

    @Override
    public void cancel(boolean stalled) {
        over = true;
        node.late.addAll(requests);
        requests.clear();
    }
}
