package io.lignum.client;

import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.lignum.api.ErrorDetail;
import io.lignum.api.Fetched;
import io.lignum.api.LignumLogGrpc;
import io.lignum.api.ListTopicsRequest;
import io.lignum.api.ListTopicsResponse;
import io.lignum.api.ProduceRequest;
import io.lignum.api.ProduceResponse;
import io.lignum.api.SubscribeRequest;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * A gRPC server on a real port with scripted behaviour: by default like a node with one topic; a
 * test can make it misbehave.
 */
public final class FakeNode implements AutoCloseable {

    private static final Metadata.Key<ErrorDetail> DETAILS =
            ProtoUtils.keyForProto(ErrorDetail.getDefaultInstance());

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    /** What to do with a batch; {@code count} says how many came before it, over all streams. */
    interface OnProduce {
        void produce(int count, ProduceRequest request, StreamObserver<ProduceResponse> out);
    }

    /** What to do with a subscription; {@code count} says how many came before it. */
    interface OnSubscribe {
        void subscribe(int count, SubscribeRequest request, StreamObserver<Fetched> out);
    }

    final FakeLog log;
    volatile OnProduce onProduce = (count, request, out) -> answer(request, out);
    volatile OnSubscribe onSubscribe = (count, request, out) -> serve(request, out, Long.MAX_VALUE);

    /** As a node tells it; empty: as one that does not. */
    volatile String topicId = "";

    /** Whether a call with this header {@code authorization} is served; empty: without one. */
    volatile Predicate<Optional<String>> admits = any -> true;

    final AtomicInteger refused = new AtomicInteger();
    final AtomicInteger produced = new AtomicInteger();
    final AtomicInteger subscribed = new AtomicInteger();

    private final Server server;
    private final int port;

    private FakeNode(FakeLog log, BindableService... others) throws IOException {
        this.log = log;
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .directExecutor()
                .permitKeepAliveTime(5, TimeUnit.SECONDS)
                .maxInboundMessageSize(64 << 20)
                .intercept(new Admission())
                .addService(new Service());
        for (BindableService other : others) {
            builder.addService(other);
        }
        server = builder.build().start();
        port = server.getPort();
    }

    static FakeNode start() throws IOException {
        return new FakeNode(new FakeLog());
    }

    /** A node of several that have the same log, with more than one service. */
    static FakeNode start(FakeLog log, BindableService... others) throws IOException {
        return new FakeNode(log, others);
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    /** A client of this node that does not wait long for an answer. */
    LignumClient client() {
        return LignumClient.builder()
                .addresses(address())
                .requestTimeout(Duration.ofMillis(500))
                .build();
    }

    /** Of small batches, so that there are several, and with time for any number of retries. */
    static ProducerBuilder<byte[], String> producer(LignumClient client) {
        return client.producer("t")
                .values(Codecs.utf8())
                .batchBytes(1_024)
                .deliveryTimeout(Duration.ofSeconds(30));
    }

    static List<CompletableFuture<Long>> sendAll(Producer<?, String> producer, int count) {
        List<CompletableFuture<Long>> futures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            futures.add(producer.send("record " + i));
        }
        return futures;
    }

    /** As a node answers. */
    void answer(ProduceRequest request, StreamObserver<ProduceResponse> out) {
        out.onNext(log.append(request));
    }

    public static ProduceResponse refusal(
            ProduceRequest request, String code, ErrorDetail.Outcome outcome) {
        return ProduceResponse.newBuilder()
                .setCorrelationId(request.getCorrelationId())
                .setError(detail(code, outcome))
                .build();
    }

    public static ErrorDetail detail(String code, ErrorDetail.Outcome outcome) {
        return ErrorDetail.newBuilder()
                .setCode(code)
                .setOutcome(outcome)
                .setMessage("as the test wants it")
                .build();
    }

    static StatusRuntimeException failure(
            Status.Code status, String code, ErrorDetail.Outcome outcome) {
        Metadata trailers = new Metadata();
        trailers.put(DETAILS, detail(code, outcome));
        return Status.fromCode(status).asRuntimeException(trailers);
    }

    /** Sends what there is up to an offset, and completes if the request ends there. */
    void serve(SubscribeRequest request, StreamObserver<Fetched> out, long atMost) {
        long from = switch (request.getStartCase()) {
            case OFFSET -> request.getOffset();
            case BEGINNING -> 0;
            case END, TIMESTAMP, START_NOT_SET -> log.end();
        };
        out.onNext(Fetched.newBuilder()
                .setNext(from)
                .setLogEnd(log.end())
                .setTopicId(topicId)
                .build());
        if (!topicId.isEmpty()
                && !request.getTopicId().isEmpty()
                && !request.getTopicId().equals(topicId)) {
            out.onCompleted();
            return;
        }
        long to = request.hasTo() ? request.getTo() : Long.MAX_VALUE;
        log.read(from, Math.min(to, atMost)).forEach(out::onNext);
        if (request.hasTo() && log.end() >= to && atMost >= to) {
            out.onCompleted();
        }
    }

    private final class Admission implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            if (admits.test(Optional.ofNullable(headers.get(AUTHORIZATION)))) {
                return next.startCall(call, headers);
            }
            refused.incrementAndGet();
            Metadata trailers = new Metadata();
            trailers.put(DETAILS, detail("NOT_AUTHENTICATED", ErrorDetail.Outcome.NOT_APPLIED));
            call.close(Status.UNAUTHENTICATED, trailers);
            return new ServerCall.Listener<>() {};
        }
    }

    /** Answers on a stream, as long as there is one. */
    private record Answers(ServerCallStreamObserver<ProduceResponse> wire, AtomicBoolean ended)
            implements StreamObserver<ProduceResponse> {

        Answers(ServerCallStreamObserver<ProduceResponse> wire) {
            this(wire, new AtomicBoolean());
        }

        boolean isOver() {
            return ended.get() || wire.isCancelled();
        }

        @Override
        public synchronized void onNext(ProduceResponse response) {
            if (!isOver()) {
                wire.onNext(response);
            }
        }

        @Override
        public synchronized void onError(Throwable error) {
            if (!isOver() && ended.compareAndSet(false, true)) {
                wire.onError(error);
            }
        }

        @Override
        public synchronized void onCompleted() {
            if (!isOver() && ended.compareAndSet(false, true)) {
                wire.onCompleted();
            }
        }
    }

    private final class Service extends LignumLogGrpc.LignumLogImplBase {
        @Override
        public StreamObserver<ProduceRequest> produce(StreamObserver<ProduceResponse> wire) {
            Answers out = new Answers((ServerCallStreamObserver<ProduceResponse>) wire);
            return new StreamObserver<>() {
                @Override
                public void onNext(ProduceRequest request) {
                    if (!out.isOver()) {
                        onProduce.produce(produced.getAndIncrement(), request, out);
                    }
                }

                @Override
                public void onError(Throwable cancelled) {
                    // The client has given it up; isOver tells.
                }

                @Override
                public void onCompleted() {
                    out.onCompleted();
                }
            };
        }

        @Override
        public void listTopics(ListTopicsRequest request, StreamObserver<ListTopicsResponse> out) {
            out.onNext(ListTopicsResponse.getDefaultInstance());
            out.onCompleted();
        }

        @Override
        public void subscribe(SubscribeRequest request, StreamObserver<Fetched> out) {
            onSubscribe.subscribe(subscribed.getAndIncrement(), request, out);
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
        try {
            if (!server.awaitTermination(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the server does not end");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
