package io.lignum.server.grpc;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.NotSslRecordException;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.lignum.api.ClusterNode;
import io.lignum.api.DecommissionRequest;
import io.lignum.api.ErrorDetail;
import io.lignum.api.GetStatusRequest;
import io.lignum.api.LignumClusterGrpc;
import io.lignum.api.ListDivergentRequest;
import io.lignum.api.ReadDivergentRequest;
import io.lignum.api.ReadDivergentResponse;
import io.lignum.api.RecoverRequest;
import io.lignum.api.RepublishDivergentRequest;
import io.lignum.api.RepublishDivergentResponse;
import io.lignum.api.TransferLeaderRequest;
import io.lignum.client.Tls;
import io.lignum.cluster.ClusterStatus;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.record.IoErrors;
import io.lignum.server.service.DivergentFileInfo;
import io.lignum.server.service.DivergentFiles.Chunk;
import io.lignum.server.service.DivergentFiles.Republished;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/**
 * The client of the cluster service, for the command line. Calls exactly the node that is named,
 * because most operator commands are about that node. One thread; blocks.
 */
public final class ClusterAdmin implements AutoCloseable {

    private static final int MAX_ANSWER_BYTES = 128 << 20;

    private final ManagedChannel channel;
    private final Duration timeout;

    private ClusterAdmin(ManagedChannel channel, Duration timeout) {
        this.channel = channel;
        this.timeout = timeout;
    }

    /**
     * Each call fails if it is not answered within the timeout.
     *
     * @param tls empty: without TLS
     * @throws IllegalArgumentException a file for TLS cannot be used
     */
    public static ClusterAdmin of(InetSocketAddress node, Optional<Tls> tls, Duration timeout) {
        NettyChannelBuilder builder =
                NettyChannelBuilder.forAddress(node.getHostString(), node.getPort());
        tls.ifPresentOrElse(given -> builder.sslContext(context(given)), builder::usePlaintext);
        return new ClusterAdmin(builder.maxInboundMessageSize(MAX_ANSWER_BYTES).build(), timeout);
    }

    private static SslContext context(Tls tls) {
        SslContextBuilder builder =
                GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK);
        tls.ca().ifPresent(file -> builder.trustManager(file.toFile()));
        Optional<Path> key = tls.key();
        tls.certificate()
                .ifPresent(file ->
                        builder.keyManager(file.toFile(), key.orElseThrow().toFile()));
        try {
            return builder.build();
        } catch (SSLException e) {
            throw new IllegalArgumentException("the files for TLS cannot be used: " + e, e);
        }
    }

    /** The node refused the call, or did not answer. */
    public static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final @Nullable String errorCode;
        private final boolean unknown;

        private Failed(
                @Nullable String errorCode, String message, boolean unknown, Throwable cause) {
            super(errorCode == null ? message : errorCode + ": " + message, cause);
            this.errorCode = errorCode;
            this.unknown = unknown;
        }

        /** The node's error code; empty if it did not answer with one. */
        public Optional<String> errorCode() {
            return Optional.ofNullable(errorCode);
        }

        /** Whether the call may have taken effect. */
        public boolean isUnknown() {
            return unknown;
        }
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
        try {
            return call.apply(LignumClusterGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS));
        } catch (StatusRuntimeException e) {
            Metadata trailers = e.getTrailers();
            ErrorDetail detail = trailers == null ? null : trailers.get(WireErrors.DETAILS);
            if (detail != null) {
                throw new Failed(
                        detail.getCode(),
                        detail.getMessage(),
                        detail.getOutcome() == ErrorDetail.Outcome.UNKNOWN,
                        e);
            }
            boolean refused = e.getStatus().getCode() == Status.Code.UNIMPLEMENTED;
            String why = refused
                    ? "what answers there is no Lignum node, or one that knows of no clusters yet"
                    : "the node did not answer " + why(e.getStatus());
            throw new Failed(null, why, !refused && !isOfTls(e.getStatus()), e);
        }
    }

    /** Whether the connection ended before a call could be sent, because of TLS. */
    private static boolean isOfTls(Status status) {
        if (String.valueOf(status.getDescription()).contains("INADEQUATE_SECURITY")) {
            return true;
        }
        for (Throwable at = status.getCause(); at != null; at = at.getCause()) {
            if (at instanceof SSLHandshakeException || at instanceof NotSslRecordException) {
                return true;
            }
        }
        return false;
    }

    /** gRPC's own text of a deadline is about its buffers. */
    private String why(Status status) {
        if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
            return "within " + timeout.toMillis() + " ms";
        }
        Throwable cause = status.getCause();
        return "(" + (cause == null ? status.getDescription() : IoErrors.describe(cause)) + ")";
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
