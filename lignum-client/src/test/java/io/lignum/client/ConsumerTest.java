package io.lignum.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;

import io.grpc.Status;
import io.lignum.api.ErrorDetail;
import io.lignum.api.Fetched;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

class ConsumerTest {

    private FakeNode node;
    private LignumClient client;

    @BeforeEach
    void start() throws Exception {
        node = FakeNode.start();
        client = node.client();
    }

    @AfterEach
    void end() {
        client.close();
        node.close();
    }

    private List<String> fill(int count) {
        List<String> texts =
                IntStream.range(0, count).mapToObj(i -> "record " + i).toList();
        try (Producer<byte[], String> producer =
                client.producer("t").values(Codecs.utf8()).batchBytes(1_024).open()) {
            texts.forEach(text -> producer.send(text).exceptionally(error -> -1L));
        }
        return texts;
    }

    private ConsumerBuilder<byte[], String> consumer() {
        return client.consumer("t").values(Codecs.utf8());
    }

    @Test
    void streamsThatBreakInTheMidst_areResumedWithoutGapOrRepeat() throws Exception {
        List<String> texts = fill(3_000);
        node.onSubscribe = (count, request, out) -> {
            if (count % 3 == 0) {
                out.onError(Status.UNAVAILABLE.asRuntimeException());
            } else {
                node.serve(request, out, request.getOffset() + 300L * count);
                out.onError(
                        count % 3 == 1
                                ? Status.UNAVAILABLE.asRuntimeException()
                                : FakeNode.failure(
                                        Status.Code.UNAVAILABLE,
                                        "SHUTTING_DOWN",
                                        ErrorDetail.Outcome.NOT_APPLIED));
            }
        };
        List<String> read = new ArrayList<>();
        try (Consumer<byte[], String> consumer = consumer().open()) {
            while (read.size() < texts.size()) {
                read.add(consumer.next().value());
            }
        }
        assertThat(read).isEqualTo(texts);
        assertThat(node.subscribed.get()).isGreaterThan(4);
    }

    @Test
    void nodeThatNeverAnswers_isGivenUpForAnotherConnection() throws Exception {
        fill(1);
        node.onSubscribe = (count, request, out) -> {
            if (count > 0) {
                node.serve(request, out, Long.MAX_VALUE);
            }
        };
        try (Consumer<byte[], String> consumer = consumer().open()) {
            assertThat(consumer.next().value()).isEqualTo("record 0");
        }
    }

    @Test
    void nonsense_endsInAServerError() throws Exception {
        fill(100);
        Fetched good = node.log.read(0, 1).get(0);
        byte[] flipped = good.getRawBatches().toByteArray();
        flipped[flipped.length - 1] ^= 1;
        List<Fetched> answers = List.of(
                good.toBuilder().setRawBatches(ByteString.copyFrom(flipped)).build(),
                good.toBuilder()
                        .setRawBatches(ByteString.copyFromUtf8("garbage"))
                        .build(),
                good.toBuilder().setNext(0).build(),
                good.toBuilder().setNext(-1).build(),
                good.toBuilder().clearRawBatches().build(),
                node.log.read(99, 100).get(0));
        for (Fetched nonsense : answers) {
            node.onSubscribe = (count, request, out) -> {
                out.onNext(Fetched.newBuilder().setLogEnd(100).build());
                out.onNext(nonsense);
            };
            try (Consumer<byte[], String> consumer = consumer().open()) {
                assertThatThrownBy(consumer::next).isInstanceOf(LignumException.ServerError.class);
                assertThatThrownBy(consumer::next).isInstanceOf(LignumException.ServerError.class);
            }
        }
    }

    @Test
    void logThatShrank_isNoticedInsteadOfWaitedFor() throws Exception {
        fill(10);
        node.onSubscribe = (count, request, out) -> {
            if (count == 0) {
                node.serve(request, out, Long.MAX_VALUE);
                out.onError(Status.UNAVAILABLE.asRuntimeException());
            } else {
                out.onNext(Fetched.newBuilder()
                        .setNext(request.getOffset())
                        .setLogEnd(3)
                        .build());
            }
        };
        try (Consumer<byte[], String> consumer = consumer().open()) {
            for (int i = 0; i < 10; i++) {
                consumer.next();
            }
            assertThatThrownBy(consumer::next)
                    .isInstanceOfSatisfying(LignumException.OffsetOutOfRange.class, error -> {
                        assertThat(error.logEnd()).isEqualTo(3);
                    });
        }
    }

    @Test
    void recordThatCannotBeDecoded_isNamedAndCanBePassed() throws Exception {
        try (Producer<byte[], byte[]> producer = client.producer("t").open()) {
            producer.send(new byte[] {(byte) 0xff}).get();
            producer.send(new byte[] {'b'}).get();
        }
        try (Consumer<byte[], String> consumer = consumer().open()) {
            assertThatThrownBy(consumer::next)
                    .isInstanceOfSatisfying(LignumException.UndecodableRecord.class, error -> {
                        assertThat(error.offset()).isZero();
                        assertThat(error.topic()).isEqualTo("t");
                    });
            assertThat(consumer.next().value()).isEqualTo("b");
        }
    }

    @Test
    void closeFromAnotherThread_wakesTheOneThatWaits() throws Exception {
        Consumer<byte[], String> consumer = consumer().open();
        consumer.started().get();
        CompletableFuture<Void> closed = CompletableFuture.runAsync(consumer::close);
        assertThatThrownBy(consumer::next).isInstanceOf(LignumException.Closed.class);
        closed.get(10, TimeUnit.SECONDS);
    }

    @Test
    void topicLargerThanTheBuffer_isReadThroughIt() throws Exception {
        fill(50_000);
        int total = node.log.read(0, Long.MAX_VALUE).stream()
                .mapToInt(answer -> answer.getRawBatches().size())
                .sum();
        assertThat(total).isGreaterThan(10 * (64 << 10));
        try (Consumer<byte[], String> consumer =
                consumer().bufferBytes(64 << 10).toOffset(50_000).open()) {
            assertThat(consumer.next().offset()).isZero();
            int count = 1;
            for (Received<byte[], String> record : consumer) {
                assertThat(record.offset()).isEqualTo(count);
                count++;
            }
            assertThat(count).isEqualTo(50_000);
        }
    }

    @Test
    void handlerThatFails_endsItsSubscriptionWithThat() {
        fill(10);
        List<Long> seen = new ArrayList<>();
        Subscription subscription = consumer().handle(record -> {
            seen.add(record.offset());
            if (record.offset() == 4) {
                throw new IllegalStateException("enough");
            }
        });
        assertThatThrownBy(() -> subscription.ended().get(10, TimeUnit.SECONDS))
                .hasRootCauseMessage("enough");
        assertThat(seen).containsExactly(0L, 1L, 2L, 3L, 4L);
    }

    @Test
    void asyncHandler_isNotCalledBeforeItsStageIsDone() throws Exception {
        fill(3);
        BlockingQueue<CompletableFuture<Void>> stages = new LinkedBlockingQueue<>();
        Subscription subscription = consumer().toOffset(3).handleAsync(record -> {
            CompletableFuture<Void> stage = new CompletableFuture<>();
            stages.add(stage);
            return stage;
        });
        for (int i = 0; i < 3; i++) {
            CompletableFuture<Void> stage = stages.poll(10, TimeUnit.SECONDS);
            assertThat(stage).isNotNull();
            assertThat(stages.poll(20, TimeUnit.MILLISECONDS)).isNull();
            assertThat(subscription.ended()).isNotDone();
            stage.complete(null);
        }
        subscription.ended().get(10, TimeUnit.SECONDS);
    }

    private static final class Recorder implements Flow.Subscriber<Received<byte[], String>> {
        final BlockingQueue<Object> signals = new LinkedBlockingQueue<>();
        final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription.complete(given);
        }

        @Override
        public void onNext(Received<byte[], String> item) {
            signals.add(item.offset());
        }

        @Override
        public void onError(Throwable error) {
            signals.add(error);
        }

        @Override
        public void onComplete() {
            signals.add("complete");
        }

        Object next() throws InterruptedException {
            Object signal = signals.poll(10, TimeUnit.SECONDS);
            return signal == null ? "nothing" : signal;
        }
    }

    @Test
    void publisher_givesWhatIsAskedForAndNoMore() throws Exception {
        fill(5);
        Recorder recorder = new Recorder();
        consumer().toOffset(5).publisher().subscribe(recorder);
        Flow.Subscription subscription = recorder.subscription.get();
        assertThat(recorder.signals.poll(50, TimeUnit.MILLISECONDS)).isNull();
        subscription.request(2);
        assertThat(recorder.next()).isEqualTo(0L);
        assertThat(recorder.next()).isEqualTo(1L);
        assertThat(recorder.signals.poll(50, TimeUnit.MILLISECONDS)).isNull();
        subscription.request(Long.MAX_VALUE);
        subscription.request(Long.MAX_VALUE);
        assertThat(recorder.next()).isEqualTo(2L);
        assertThat(recorder.next()).isEqualTo(3L);
        assertThat(recorder.next()).isEqualTo(4L);
        assertThat(recorder.next()).isEqualTo("complete");
    }

    @Test
    void publisherAskedForNothing_failsAndCancelledOnesAreSilent() throws Exception {
        fill(5);
        Recorder wrong = new Recorder();
        consumer().publisher().subscribe(wrong);
        wrong.subscription.get().request(0);
        assertThat(wrong.next()).isInstanceOf(IllegalArgumentException.class);
        Recorder cancelled = new Recorder();
        consumer().publisher().subscribe(cancelled);
        cancelled.subscription.get().cancel();
        cancelled.subscription.get().cancel();
        cancelled.subscription.get().request(5);
        assertThat(cancelled.signals.poll(100, TimeUnit.MILLISECONDS)).isNull();
    }
}
