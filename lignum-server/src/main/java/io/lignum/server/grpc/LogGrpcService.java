package io.lignum.server.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.lignum.api.AlterTopicRequest;
import io.lignum.api.AppendRequest;
import io.lignum.api.Appended;
import io.lignum.api.CreateTopicRequest;
import io.lignum.api.DeleteTopicRequest;
import io.lignum.api.DeleteTopicResponse;
import io.lignum.api.DescribeTopicRequest;
import io.lignum.api.FetchRequest;
import io.lignum.api.Fetched;
import io.lignum.api.FindOffsetRequest;
import io.lignum.api.FindOffsetResponse;
import io.lignum.api.LignumLogGrpc;
import io.lignum.api.ListTopicsRequest;
import io.lignum.api.ListTopicsResponse;
import io.lignum.api.ProduceRequest;
import io.lignum.api.ProduceResponse;
import io.lignum.api.SubscribeRequest;
import io.lignum.api.TopicDescription;
import io.lignum.cluster.AppendResult;
import io.lignum.server.service.LogService;
import io.lignum.server.service.ServiceException;

/**
 * The gRPC service of the log: dispatches each call to its handler. gRPC calls it on the pool of
 * calls, and for a {@link ProduceStream} on the connection's event loop.
 */
final class LogGrpcService extends LignumLogGrpc.LignumLogImplBase {

    private final LogService service;
    private final GrpcThreads threads;
    private final OpenStreams streams;
    private final UnaryCalls calls;
    private final Fetches fetches;
    private final TopicCalls topics;

    LogGrpcService(LogService service, GrpcThreads threads, OpenStreams streams) {
        this.service = service;
        this.threads = threads;
        this.streams = streams;
        this.calls = new UnaryCalls(threads, WireErrors::of);
        this.fetches = new Fetches(service, calls);
        this.topics = new TopicCalls(calls);
    }

    static Appended appended(AppendResult produced) {
        Appended.Builder appended = Appended.newBuilder()
                .setFirstOffset(produced.firstOffset())
                .setCount(produced.count())
                .setDuplicate(produced.duplicate());
        produced.leader().ifPresent(appended::setLeader);
        return appended.build();
    }

    @Override
    public void append(AppendRequest request, StreamObserver<Appended> out) {
        BatchAppender appender = new BatchAppender(CallSession.current());
        calls.later(out, appender.append(request), LogGrpcService::appended);
    }

    @Override
    public StreamObserver<ProduceRequest> produce(StreamObserver<ProduceResponse> out) {
        OpenStreams.Place place;
        try {
            place = streams.open();
        } catch (ServiceException refused) {
            out.onError(WireErrors.of(refused));
            return new Discard<>();
        }
        return place.orGiveBack(() -> ProduceStream.open(
                (ServerCallStreamObserver<ProduceResponse>) out,
                CallSession.current(),
                threads,
                ProduceStream.Window.of(service.limits()),
                place));
    }

    @Override
    public void subscribe(SubscribeRequest request, StreamObserver<Fetched> out) {
        OpenStreams.Place place;
        try {
            place = streams.open();
        } catch (ServiceException refused) {
            out.onError(WireErrors.of(refused));
            return;
        }
        var unused = place.orGiveBack(() -> SubscriptionStream.open(
                (ServerCallStreamObserver<Fetched>) out,
                new SubscriptionStream.Parts(service, CallSession.current(), threads),
                request,
                place));
    }

    @Override
    public void fetch(FetchRequest request, StreamObserver<Fetched> out) {
        fetches.fetch(request, out);
    }

    @Override
    public void findOffset(FindOffsetRequest request, StreamObserver<FindOffsetResponse> out) {
        fetches.findOffset(request, out);
    }

    @Override
    public void createTopic(CreateTopicRequest request, StreamObserver<TopicDescription> out) {
        topics.create(request, out);
    }

    @Override
    public void describeTopic(DescribeTopicRequest request, StreamObserver<TopicDescription> out) {
        topics.describe(request, out);
    }

    @Override
    public void alterTopic(AlterTopicRequest request, StreamObserver<TopicDescription> out) {
        topics.alter(request, out);
    }

    @Override
    public void deleteTopic(DeleteTopicRequest request, StreamObserver<DeleteTopicResponse> out) {
        topics.delete(request, out);
    }

    @Override
    public void listTopics(ListTopicsRequest request, StreamObserver<ListTopicsResponse> out) {
        topics.list(request, out);
    }

    /** Drops the requests of a stream that was refused at once. */
    private static final class Discard<T> implements StreamObserver<T> {
        @Override
        public void onNext(T value) {}

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onCompleted() {}
    }
}
