package io.lignum.server.grpc;

import com.google.protobuf.UnsafeByteOperations;

import io.grpc.stub.StreamObserver;
import io.lignum.api.ClusterStatus;
import io.lignum.api.DecommissionRequest;
import io.lignum.api.DecommissionResponse;
import io.lignum.api.DivergentFile;
import io.lignum.api.GetStatusRequest;
import io.lignum.api.LignumClusterGrpc;
import io.lignum.api.ListDivergentRequest;
import io.lignum.api.ListDivergentResponse;
import io.lignum.api.ListNodesRequest;
import io.lignum.api.ListNodesResponse;
import io.lignum.api.ReadDivergentRequest;
import io.lignum.api.ReadDivergentResponse;
import io.lignum.api.RecoverRequest;
import io.lignum.api.RecoverResponse;
import io.lignum.api.RepublishDivergentRequest;
import io.lignum.api.RepublishDivergentResponse;
import io.lignum.api.TransferLeaderRequest;
import io.lignum.api.TransferLeaderResponse;
import io.lignum.server.service.ClusterOperations;
import io.lignum.server.service.ClusterOverview;
import io.lignum.server.service.DivergentFileInfo;
import io.lignum.server.service.DivergentFiles;
import io.lignum.server.service.LogService;
import io.lignum.server.service.ServiceException;
import io.lignum.server.service.Session;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * The gRPC service for the cluster's state and the operator's commands. gRPC calls it on the pool
 * of calls.
 */
final class ClusterGrpcService extends LignumClusterGrpc.LignumClusterImplBase {

    private final LogService service;
    private final UnaryCalls calls;

    ClusterGrpcService(LogService service, GrpcThreads threads) {
        this.service = service;
        this.calls = new UnaryCalls(threads, WireErrors::of);
    }

    @Override
    public void listNodes(ListNodesRequest request, StreamObserver<ListNodesResponse> out) {
        Session session = CallSession.current();
        calls.now(out, () -> WireCluster.nodes(session.nodes()));
    }

    @Override
    public void getStatus(GetStatusRequest request, StreamObserver<ClusterStatus> out) {
        ClusterOverview overview;
        try {
            overview = CallSession.current().overview();
        } catch (ServiceException refused) {
            calls.fail(out, refused);
            return;
        }
        if (request.getOfLeader()) {
            calls.later(
                    out, overview.leaderStatus(), status -> WireCluster.status(status, overview));
        } else {
            calls.now(out, () -> WireCluster.status(overview.status(), overview));
        }
    }

    @Override
    public void transferLeader(
            TransferLeaderRequest request, StreamObserver<TransferLeaderResponse> out) {
        operate(
                out,
                cluster -> cluster.transferLeadership(given(request.getToNodeId())),
                TransferLeaderResponse.getDefaultInstance());
    }

    @Override
    public void decommission(
            DecommissionRequest request, StreamObserver<DecommissionResponse> out) {
        if (request.getNodeId().isEmpty()) {
            calls.fail(out, ServiceException.invalid("node_id", "no node is named"));
            return;
        }
        operate(
                out,
                cluster -> cluster.decommission(request.getNodeId()),
                DecommissionResponse.getDefaultInstance());
    }

    @Override
    public void recover(RecoverRequest request, StreamObserver<RecoverResponse> out) {
        operate(
                out,
                cluster -> cluster.recover(request.getUnclean()),
                RecoverResponse.getDefaultInstance());
    }

    @Override
    public void listDivergent(
            ListDivergentRequest request, StreamObserver<ListDivergentResponse> out) {
        DivergentFiles files = CallSession.current().divergentFiles();
        calls.onFiles(out, () -> {
            List<DivergentFileInfo> found = files.list();
            ListDivergentResponse.Builder list = ListDivergentResponse.newBuilder()
                    .setMore(found.size() == DivergentFiles.MAX_LISTED);
            found.forEach(file -> list.addFile(file(file)));
            return list.build();
        });
    }

    @Override
    public void readDivergent(
            ReadDivergentRequest request, StreamObserver<ReadDivergentResponse> out) {
        DivergentFiles files = CallSession.current().divergentFiles();
        calls.largeOnFiles(out, UnaryCalls.lease(out, service), () -> {
            DivergentFiles.Chunk chunk =
                    files.read(request.getName(), Fetches.offset(request.getOffset()));
            return ReadDivergentResponse.newBuilder()
                    .setFile(file(chunk.file()))
                    .setRawBatches(UnsafeByteOperations.unsafeWrap(chunk.batches()))
                    .setNext(chunk.next())
                    .build();
        });
    }

    @Override
    public void republishDivergent(
            RepublishDivergentRequest request, StreamObserver<RepublishDivergentResponse> out) {
        DivergentFiles files = CallSession.current().divergentFiles();
        calls.onFiles(out, () -> {
            DivergentFiles.Republished done =
                    files.republish(request.getName(), given(request.getTopic()));
            return RepublishDivergentResponse.newBuilder()
                    .setTopic(done.topic())
                    .setRecords(done.records())
                    .setFirstOffset(done.firstOffset())
                    .build();
        });
    }

    private static DivergentFile file(DivergentFileInfo file) {
        return DivergentFile.newBuilder()
                .setName(file.name())
                .setTopicId(file.topicId())
                .setTopic(file.topic().orElse(""))
                .setEpoch(file.epoch())
                .setFrom(file.from())
                .setTo(file.to())
                .setSizeBytes(file.sizeInBytes())
                .build();
    }

    private static Optional<String> given(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private <A> void operate(
            StreamObserver<A> out,
            Function<ClusterOperations, CompletableFuture<Void>> command,
            A answer) {
        CompletableFuture<Void> done;
        try {
            done = command.apply(CallSession.current().operations());
        } catch (ServiceException refused) {
            calls.fail(out, refused);
            return;
        }
        calls.later(out, done, nothing -> answer);
    }
}
