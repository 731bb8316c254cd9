package io.lignum.bench.work;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.lignum.api.AppendRequest;
import io.lignum.api.Batch;
import io.lignum.api.LignumLogGrpc;
import io.lignum.api.ProduceRequest;
import io.lignum.api.ProduceResponse;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/** One stream of batches built by the client, a bounded number in flight, all forced. */
final class GrpcProduce implements Work {

    private static final int MAX_IN_FLIGHT = 16;

    private final WorkSettings settings;
    private final Scratch scratch;
    private final StandaloneNode node;
    private final ManagedChannel channel;
    private int rounds;

    GrpcProduce(WorkSettings settings) throws IOException {
        this.settings = settings;
        scratch = new Scratch(settings.directory(), "node");
        node = StandaloneNode.start(settings, scratch.path().resolve("data"));
        channel = NettyChannelBuilder.forAddress("127.0.0.1", node.grpcPort())
                .usePlaintext()
                .build();
    }

    @Override
    public Sample round() throws InterruptedException, IOException {
        long records = settings.number("records");
        String topic = "round-" + rounds++;
        double cpu = node.cpuSeconds();
        Answers answers = new Answers();
        BatchMaker maker = new BatchMaker(settings.integer("size"));
        Meter meter = new Meter();
        StreamObserver<ProduceRequest> requests = LignumLogGrpc.newStub(channel).produce(answers);
        while (maker.records() < records) {
            answers.permits.acquire();
            answers.rethrow();
            requests.onNext(request(topic, maker.next(records)));
        }
        requests.onCompleted();
        answers.done.await();
        answers.rethrow();
        Sample sample = Sample.of(meter.rate(records).value());
        if (answers.acknowledged != records) {
            throw new IOException(answers.acknowledged + " acknowledged instead of " + records);
        }
        return sample.with("node's CPU ns each", (node.cpuSeconds() - cpu) * 1e9 / records);
    }

    private static ProduceRequest request(String topic, ByteBuffer batch) {
        // The maker reuses its buffer, so the bytes are copied once.
        byte[] bytes = new byte[batch.remaining()];
        batch.get(bytes);
        ByteString raw = UnsafeByteOperations.unsafeWrap(bytes);
        return ProduceRequest.newBuilder()
                .setAppend(AppendRequest.newBuilder()
                        .setTopic(topic)
                        .setBatch(Batch.newBuilder().setRaw(raw)))
                .build();
    }

    /** Called by gRPC, one call at a time. */
    private static final class Answers implements StreamObserver<ProduceResponse> {
        final Semaphore permits = new Semaphore(MAX_IN_FLIGHT);
        final CountDownLatch done = new CountDownLatch(1);
        volatile long acknowledged;
        private volatile @Nullable Throwable failure;

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // One call at a time.
        public void onNext(ProduceResponse answer) {
            if (answer.hasAppended()) {
                acknowledged += answer.getAppended().getCount();
            } else {
                failure = new IOException("the node answers " + answer.getError());
            }
            permits.release();
        }

        @Override
        public void onError(Throwable cause) {
            failure = cause;
            permits.release();
            done.countDown();
        }

        @Override
        public void onCompleted() {
            done.countDown();
        }

        void rethrow() throws IOException {
            Throwable cause = failure;
            if (cause != null) {
                throw new IOException("the stream failed", cause);
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.shutdownNow();
        node.close();
        scratch.close();
    }
}
