package io.lignum.server.grpc;

import io.lignum.api.ClusterNode;
import io.lignum.api.ClusterStatus;
import io.lignum.api.ListNodesResponse;
import io.lignum.server.service.ClusterOverview;

/** Converts the status of a cluster to protobuf messages. Stateless; any thread. */
final class WireCluster {

    private WireCluster() {}

    static ListNodesResponse nodes(io.lignum.cluster.ClusterStatus status) {
        ListNodesResponse.Builder nodes = ListNodesResponse.newBuilder()
                .setClusterId(status.clusterId())
                .setEpoch(status.epoch());
        status.leader().ifPresent(nodes::setLeader);
        status.nodes().forEach(node -> nodes.addNode(node(node, status)));
        return nodes.build();
    }

    static ClusterStatus status(
            io.lignum.cluster.ClusterStatus status, ClusterOverview membership) {
        ClusterStatus.Builder wire = ClusterStatus.newBuilder()
                .setClustered(membership.isClustered())
                .setCluster(status.cluster())
                .setClusterId(status.clusterId())
                .setNodeId(status.nodeId())
                .setRole(role(status.role()))
                .setEpoch(status.epoch())
                .addAllInSync(status.inSync())
                .setMinInSync(status.minInSync())
                .setCoordinatorReachable(status.coordinatorReachable())
                .addAllAlarm(status.alarms())
                .setTakesWrites(membership.takesWrites())
                .setTakesLinearizableReads(membership.takesLinearizableReads());
        status.leader().ifPresent(wire::setLeader);
        status.nodes().forEach(node -> wire.addNode(node(node, status)));
        return wire.build();
    }

    private static ClusterStatus.Role role(io.lignum.cluster.ClusterStatus.Role role) {
        return switch (role) {
            case LOOKING -> ClusterStatus.Role.LOOKING;
            case FOLLOWER -> ClusterStatus.Role.FOLLOWER;
            case LEADER -> ClusterStatus.Role.LEADER;
            case STOPPED -> ClusterStatus.Role.STOPPED;
        };
    }

    private static ClusterNode.Builder node(
            io.lignum.cluster.ClusterStatus.Node node, io.lignum.cluster.ClusterStatus status) {
        ClusterNode.Builder wire = ClusterNode.newBuilder()
                .setNodeId(node.nodeId())
                .setHost(node.address().host())
                .setGrpcPort(node.address().grpcPort())
                .setHttpPort(node.address().httpPort())
                .setInternalPort(node.address().internalPort())
                .setLeader(status.leader().filter(node.nodeId()::equals).isPresent())
                .setAlive(node.alive())
                .setInSync(node.inSync())
                .setRegistered(node.registered())
                .setLagging(node.lagging())
                .setDecommissioned(node.decommissioned())
                .setIncarnation(node.incarnation());
        node.lagRecords().ifPresent(wire::setLagRecords);
        node.silentMillis().ifPresent(wire::setSilentMs);
        return wire;
    }
}
