package io.lignum.server.grpc;

import io.grpc.stub.StreamObserver;
import io.lignum.api.EchoMessage;
import io.lignum.api.LignumGrpc;
import io.lignum.api.ListTopicRequest;
import io.lignum.api.ListTopicResponse;
import io.lignum.api.Message;
import io.lignum.api.Messages;
import io.lignum.api.Ok;
import io.lignum.api.PingRequest;
import io.lignum.api.PingResponse;
import io.lignum.api.Query;
import io.lignum.api.Topic;
import io.lignum.cluster.AppendResult;
import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.record.LogRecord;
import io.lignum.server.service.LogService;
import io.lignum.server.service.MemoryLease;
import io.lignum.server.service.Page;
import io.lignum.server.service.ReadQuery;
import io.lignum.server.service.ServiceException;
import io.lignum.server.service.Session;

import java.util.concurrent.CompletableFuture;

/**
 * Serves {@code proto.Lignum}, the gRPC service of the original Lignum, whose clients work
 * unchanged. gRPC calls it on the pool of calls.
 */
final class OriginalGrpcService extends LignumGrpc.LignumImplBase {

    private final LogService service;
    private final UnaryCalls calls;

    OriginalGrpcService(LogService service, GrpcThreads threads) {
        this.service = service;
        this.calls = new UnaryCalls(threads, WireErrors::ofOriginal);
    }

    @Override
    public void echo(EchoMessage request, StreamObserver<EchoMessage> out) {
        calls.now(out, () -> request);
    }

    @Override
    public void ping(PingRequest request, StreamObserver<PingResponse> out) {
        calls.now(out, () -> PingResponse.newBuilder().setMessage("pong").build());
    }

    @Override
    public void send(Message request, StreamObserver<Ok> out) {
        LogRecord record;
        try {
            record = WireMessages.toRecord(request);
        } catch (ServiceException invalid) {
            out.onError(WireErrors.ofOriginal(invalid));
            return;
        }
        calls.later(
                out,
                CallSession.current().produce(request.getTopic(), record, NotLeaderPolicy.FORWARD),
                OriginalGrpcService::ok);
    }

    private static Ok ok(AppendResult produced) {
        Ok.Builder ok = Ok.newBuilder().setOffset(produced.firstOffset());
        produced.leader().ifPresent(ok::setLeader);
        return ok.build();
    }

    @Override
    public void read(Query request, StreamObserver<Messages> out) {
        ConnectionInfo.Lease lease = UnaryCalls.lease(out, service);
        Session session = CallSession.current();
        ReadQuery range;
        CompletableFuture<Void> ready;
        try {
            range = ReadQuery.range(request.getTopic(), request.getFrom(), request.getTo());
            ready = session.awaitDemand(range.topic(), range.from(), WireReads.demand(request));
        } catch (ServiceException invalid) {
            calls.fail(out, invalid);
            return;
        }
        calls.once(
                ready,
                CallWaits.of(out, lease),
                out,
                () -> calls.largeOnFiles(out, lease, () -> page(session, range, lease.memory())));
    }

    private Messages page(Session session, ReadQuery range, MemoryLease memory) {
        Page page = session.read(range, memory);
        Messages.Builder messages = Messages.newBuilder()
                .setTopic(range.topic())
                .setNext(page.next())
                .setLogStart(page.logStart())
                .setLogEnd(page.readableEnd());
        page.epoch().ifPresent(messages::setEpoch);
        page.highWatermark().ifPresent(messages::setHighWatermark);
        service.leaderId().ifPresent(messages::setLeader);
        page.records().forEach(record -> messages.addMessage(WireMessages.fromRecord(record)));
        return messages.build();
    }

    @Override
    public void createTopic(Topic request, StreamObserver<Ok> out) {
        Session session = CallSession.current();
        calls.laterOnFiles(
                out,
                () -> session.topics().create(request.getName(), WireTopics.patch(request)),
                created -> Ok.getDefaultInstance());
    }

    @Override
    public void listTopic(ListTopicRequest request, StreamObserver<ListTopicResponse> out) {
        ConnectionInfo.Lease lease = UnaryCalls.lease(out, service);
        Session session = CallSession.current();
        calls.largeOnFiles(out, lease, () -> {
            ListTopicResponse.Builder topics = ListTopicResponse.newBuilder();
            session.topics()
                    .list(lease.memory())
                    .forEach(info -> topics.addTopic(WireTopics.topic(info)));
            return topics.build();
        });
    }
}
