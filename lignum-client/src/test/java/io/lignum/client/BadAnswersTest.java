package io.lignum.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lignum.api.Appended;
import io.lignum.api.ProduceResponse;
import io.lignum.client.LignumException.Outcome;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** What producers say, and when, of a node that answers nonsense, late, or not at all. */
class BadAnswersTest {

    private FakeNode node;
    private LignumClient client;

    @BeforeEach
    void start() throws Exception {
        node = FakeNode.start();
        client = node.client();
    }

    @AfterEach
    void end() {
        node.close();
        client.close();
    }

    private ProducerBuilder<byte[], String> producer() {
        return FakeNode.producer(client);
    }

    private static LignumException failure(CompletableFuture<Long> future) {
        ExecutionException thrown = catchThrowableOfType(
                ExecutionException.class, () -> future.get(30, TimeUnit.SECONDS));
        if (thrown.getCause() instanceof LignumException cause) {
            return cause;
        }
        throw new AssertionError(thrown);
    }

    @Test
    void nonsense_endsInAServerErrorAndNeverHangs() throws Exception {
        List<Appended> answers = List.of(
                Appended.newBuilder().setFirstOffset(5).setCount(77).build(),
                Appended.newBuilder().setFirstOffset(-5).setCount(1).build(),
                Appended.newBuilder().setFirstOffset(Long.MAX_VALUE).setCount(1).build(),
                Appended.getDefaultInstance());
        for (Appended nonsense : answers) {
            node.onProduce = (count, request, out) -> out.onNext(ProduceResponse.newBuilder()
                    .setCorrelationId(request.getCorrelationId())
                    .setAppended(nonsense)
                    .build());
            assertServerError();
        }
        node.onProduce = (count, request, out) -> out.onNext(ProduceResponse.newBuilder()
                .setCorrelationId(request.getCorrelationId() + 99)
                .build());
        assertServerError();
        node.onProduce = (count, request, out) -> out.onNext(ProduceResponse.newBuilder()
                .setCorrelationId(request.getCorrelationId())
                .build());
        assertServerError();
    }

    private void assertServerError() throws Exception {
        try (Producer<byte[], String> producer =
                producer().deliveryTimeout(Duration.ofSeconds(5)).open()) {
            LignumException error = failure(producer.send("a"));
            assertThat(error).isInstanceOf(LignumException.ServerError.class);
            assertThat(error.outcome()).isEqualTo(Outcome.UNKNOWN);
        }
    }

    @Test
    void noAnswersAtAll_endUnknownInTimeAndWhatWasNeverSentNotApplied() throws Exception {
        node.onProduce = (count, request, out) -> {};
        long startNanos = System.nanoTime();
        try (Producer<byte[], String> producer =
                producer().deliveryTimeout(Duration.ofSeconds(2)).open()) {
            List<CompletableFuture<Long>> futures = FakeNode.sendAll(producer, 1_000);
            assertThat(failure(futures.get(0)).outcome()).isEqualTo(Outcome.UNKNOWN);
            assertThat(failure(futures.get(999)).outcome()).isEqualTo(Outcome.NOT_APPLIED);
            assertThat(failure(futures.get(0))).isInstanceOf(LignumException.Timeout.class);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - startNanos))
                .isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void serverDoesNotListen_endsNotAppliedInTime() throws Exception {
        node.close();
        try (Producer<byte[], String> producer =
                producer().deliveryTimeout(Duration.ofSeconds(1)).open()) {
            LignumException error = failure(producer.send("a"));
            assertThat(error).isInstanceOf(LignumException.Timeout.class);
            assertThat(error.outcome()).isEqualTo(Outcome.NOT_APPLIED);
            assertThat(error).hasMessageContaining("Connection refused");
        }
    }

    @Test
    void whenFull_failsOrWaitsAsConfigured_andNeverHoldsMore() throws Exception {
        List<Runnable> held = new ArrayList<>();
        node.onProduce = (count, request, out) -> {
            synchronized (held) {
                held.add(() -> node.answer(request, out));
            }
        };
        try (Producer<byte[], String> producer =
                producer().maxBytesInFlight(64 << 10).whenFull(WhenFull.fail()).open()) {
            List<CompletableFuture<Long>> taken = new ArrayList<>();
            CompletableFuture<Long> future = producer.send("x".repeat(200));
            while (!future.isCompletedExceptionally()) {
                taken.add(future);
                future = producer.send("x".repeat(200));
            }
            assertThat(failure(future)).isInstanceOf(LignumException.BufferFull.class);
            assertThat(taken).hasSizeBetween(150, (64 << 10) / 264);
            node.onProduce = (count, request, out) -> node.answer(request, out);
            for (CompletableFuture<Long> one : taken) {
                one.get(30, TimeUnit.SECONDS);
            }
            assertThat(producer.send("y").get()).isEqualTo(taken.size());
        }
    }

    @Test
    void blockingOnTheIoThread_isRefusedInsteadOfHanging() throws Exception {
        try (Producer<byte[], String> producer = producer().open()) {
            CompletableFuture<Void> dependent = producer.send("a").thenRun(client::close);
            ExecutionException thrown = catchThrowableOfType(
                    ExecutionException.class, () -> dependent.get(10, TimeUnit.SECONDS));
            if (thrown != null) {
                assertThat(thrown).cause().isInstanceOf(IllegalStateException.class);
                assertThat(thrown).cause().hasMessageContaining("callbackExecutor");
            } else {
                assertThat(dependent).isCompleted(); // It had ended before, so this thread ran it.
            }
        }
    }
}
