package io.lignum.server.grpc;

import io.lignum.api.ClusterNode;
import io.lignum.api.DecommissionRequest;
import io.lignum.api.GetStatusRequest;
import io.lignum.api.LignumClusterGrpc;
import io.lignum.api.ListDivergentRequest;
import io.lignum.api.ReadDivergentRequest;
import io.lignum.api.ReadDivergentResponse;
import io.lignum.api.RecoverRequest;
import io.lignum.api.RepublishDivergentRequest;
import io.lignum.api.RepublishDivergentResponse;
import io.lignum.api.TransferLeaderRequest;
import io.lignum.cluster.ClusterStatus;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.server.service.DivergentFileInfo;
import io.lignum.server.service.DivergentFiles.Chunk;
import io.lignum.server.service.DivergentFiles.Republished;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * The client of the cluster service, for the command line. Its methods throw {@link AdminFailure}.
 * One thread; blocks.
 */
public final class ClusterAdmin implements AutoCloseable {

    private final AdminChannel channel;

    private ClusterAdmin(AdminChannel channel) {
        this.channel = channel;
    }

    /**
     * Connects to a node at the first call.
     *
     * @throws IllegalArgumentException a file for TLS, or the credentials, cannot be used
     */
    public static ClusterAdmin of(AdminTarget target) {
        return new ClusterAdmin(AdminChannel.open(target));
    }

    /**
     * The status of the cluster, and what a client can do at the node that was asked.
     *
     * @param clustered false: a standalone node
     */
    public record View(
            boolean clustered,
            boolean takesWrites,
            boolean takesLinearizableReads,
            ClusterStatus status) {}

    public View status(boolean ofLeader) {
        io.lignum.api.ClusterStatus wire = call(stub -> stub.getStatus(
                GetStatusRequest.newBuilder().setOfLeader(ofLeader).build()));
        return new View(
                wire.getClustered(),
                wire.getTakesWrites(),
                wire.getTakesLinearizableReads(),
                new ClusterStatus(
                        wire.getCluster(),
                        wire.getClusterId(),
                        wire.getNodeId(),
                        role(wire.getRole()),
                        wire.getEpoch(),
                        given(wire.getLeader()),
                        List.copyOf(wire.getInSyncList()),
                        wire.getMinInSync(),
                        wire.getCoordinatorReachable(),
                        wire.getNodeList().stream().map(ClusterAdmin::node).toList(),
                        List.copyOf(wire.getAlarmList())));
    }

    private static ClusterStatus.Role role(io.lignum.api.ClusterStatus.Role role) {
        return switch (role) {
            case LEADER -> ClusterStatus.Role.LEADER;
            case FOLLOWER -> ClusterStatus.Role.FOLLOWER;
            case STOPPED -> ClusterStatus.Role.STOPPED;
            case LOOKING, UNRECOGNIZED -> ClusterStatus.Role.LOOKING;
        };
    }

    private static ClusterStatus.Node node(ClusterNode wire) {
        return new ClusterStatus.Node(
                wire.getNodeId(),
                wire.getIncarnation(),
                new NodeAddress(
                        wire.getHost(),
                        wire.getInternalPort(),
                        wire.getHttpPort(),
                        wire.getGrpcPort()),
                wire.getAlive(),
                wire.getInSync(),
                wire.getRegistered(),
                wire.hasLagRecords() ? OptionalLong.of(wire.getLagRecords()) : OptionalLong.empty(),
                wire.hasSilentMs() ? OptionalLong.of(wire.getSilentMs()) : OptionalLong.empty(),
                wire.getLagging(),
                wire.getDecommissioned());
    }

    /** Empty: to the follower that is furthest. */
    public void transferLeader(Optional<String> toNodeId) {
        TransferLeaderRequest request = TransferLeaderRequest.newBuilder()
                .setToNodeId(toNodeId.orElse(""))
                .build();
        call(stub -> stub.transferLeader(request));
    }

    public void decommission(String nodeId) {
        call(stub -> stub.decommission(
                DecommissionRequest.newBuilder().setNodeId(nodeId).build()));
    }

    public void recover(boolean unclean) {
        call(stub ->
                stub.recover(RecoverRequest.newBuilder().setUnclean(unclean).build()));
    }

    /** The files of the node that is asked, sorted by topic and offset. */
    public List<DivergentFileInfo> divergentFiles() {
        return call(stub -> stub.listDivergent(ListDivergentRequest.getDefaultInstance()))
                .getFileList()
                .stream()
                .map(ClusterAdmin::file)
                .toList();
    }

    /** Reads from the first batch that holds this offset or a later one. */
    public Chunk readDivergent(String name, long offset) {
        ReadDivergentRequest request = ReadDivergentRequest.newBuilder()
                .setName(name)
                .setOffset(offset)
                .build();
        ReadDivergentResponse wire = call(stub -> stub.readDivergent(request));
        return new Chunk(file(wire.getFile()), wire.getRawBatches().toByteArray(), wire.getNext());
    }

    /** Empty: to the topic that the records came from. */
    public Republished republish(String name, Optional<String> topic) {
        RepublishDivergentRequest request = RepublishDivergentRequest.newBuilder()
                .setName(name)
                .setTopic(topic.orElse(""))
                .build();
        RepublishDivergentResponse wire = call(stub -> stub.republishDivergent(request));
        return new Republished(wire.getTopic(), wire.getRecords(), wire.getFirstOffset());
    }

    private static DivergentFileInfo file(io.lignum.api.DivergentFile wire) {
        return new DivergentFileInfo(
                wire.getName(),
                wire.getTopicId(),
                given(wire.getTopic()),
                wire.getEpoch(),
                wire.getFrom(),
                wire.getTo(),
                wire.getSizeBytes());
    }

    private static Optional<String> given(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private <A> A call(Function<LignumClusterGrpc.LignumClusterBlockingStub, A> call) {
        return channel.call(LignumClusterGrpc::newBlockingStub, call);
    }

    @Override
    public void close() {
        channel.close();
    }
}
