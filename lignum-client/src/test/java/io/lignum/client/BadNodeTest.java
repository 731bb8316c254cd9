package io.lignum.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Status;
import io.lignum.api.ErrorDetail;
import io.lignum.api.ProduceResponse;
import io.lignum.client.LignumException.Outcome;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Producers of a node that misbehaves in every way that one can. */
class BadNodeTest {

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

    private void assertAllOnceAndInOrder(List<CompletableFuture<Long>> futures) throws Exception {
        for (int i = 0; i < futures.size(); i++) {
            assertThat(futures.get(i).get(30, TimeUnit.SECONDS)).isEqualTo(i);
        }
        assertThat(node.log.texts())
                .isEqualTo(IntStream.range(0, futures.size())
                        .mapToObj(i -> "record " + i)
                        .toList());
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
    void oneBatchInThreeRefusedForNow_allArriveOnceAndInOrder() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        node.onProduce = (count, request, out) -> {
            if (random.nextInt(3) == 0) {
                out.onNext(
                        FakeNode.refusal(request, "OVERLOADED", ErrorDetail.Outcome.NOT_APPLIED));
            } else {
                node.answer(request, out);
            }
        };
        try (Producer<byte[], String> producer = producer().open()) {
            assertAllOnceAndInOrder(FakeNode.sendAll(producer, 2_000));
        }
    }

    @Test
    void streamsThatBreakBeforeOrAfterTheAppend_allArriveOnceAndInOrder() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        node.onProduce = (count, request, out) -> {
            int dice = random.nextInt(12);
            if (dice == 0) {
                out.onError(Status.UNAVAILABLE.asRuntimeException());
            } else if (dice == 1) {
                node.log.append(request);
                out.onError(Status.UNKNOWN.asRuntimeException());
            } else if (dice == 2) {
                out.onNext(
                        FakeNode.refusal(request, "STORAGE_FAILED", ErrorDetail.Outcome.UNKNOWN));
            } else if (dice == 3) {
                out.onError(FakeNode.failure(
                        Status.Code.UNAVAILABLE, "SHUTTING_DOWN", ErrorDetail.Outcome.NOT_APPLIED));
            } else {
                node.answer(request, out);
            }
        };
        try (Producer<byte[], String> producer = producer().open()) {
            List<CompletableFuture<Long>> futures = FakeNode.sendAll(producer, 2_000);
            producer.flush().get(60, TimeUnit.SECONDS);
            List<String> texts = node.log.texts();
            assertThat(new HashSet<>(texts)).as("seed " + seed).hasSameSizeAs(texts);
            int last = -1;
            for (String text : texts) {
                int number = Integer.parseInt(text.substring("record ".length()));
                assertThat(number).as("seed " + seed).isGreaterThan(last);
                last = number;
            }
            for (int i = 0; i < futures.size(); i++) {
                CompletableFuture<Long> future = futures.get(i);
                if (!future.isCompletedExceptionally()) {
                    assertThat(texts.get((int) (long) future.get()))
                            .as("seed " + seed)
                            .isEqualTo("record " + i);
                } else {
                    assertThat(failure(future).outcome()).isEqualTo(Outcome.UNKNOWN);
                }
            }
        }
    }

    @Test
    void silentAfterTheAppend_isSentAgainAndRecognised() throws Exception {
        node.onProduce = (count, request, out) -> {
            if (count == 2) {
                node.log.append(request); // and never an answer
            } else {
                node.answer(request, out);
            }
        };
        try (Producer<byte[], String> producer = producer().open()) {
            assertAllOnceAndInOrder(FakeNode.sendAll(producer, 500));
        }
    }

    @Test
    void aBatchThatIsRefusedForGood_failsAloneAndTheOthersGoOn() throws Exception {
        node.onProduce = (count, request, out) -> {
            if (request.getAppend().getBatch().getRaw().size() > 5_000) {
                out.onNext(FakeNode.refusal(
                        request, "MESSAGE_TOO_LARGE", ErrorDetail.Outcome.NOT_APPLIED));
            } else {
                node.answer(request, out);
            }
        };
        ProducerIdentity identity = new ProducerIdentity(77, 3);
        try (Producer<byte[], String> producer = producer().identity(identity).open()) {
            List<CompletableFuture<Long>> futures = new ArrayList<>();
            List<CompletableFuture<Long>> large = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                futures.add(producer.send("record " + i));
                if (i % 50 == 7) {
                    large.add(producer.send("x".repeat(6_000)));
                }
            }
            assertAllOnceAndInOrder(futures);
            for (CompletableFuture<Long> future : large) {
                assertThat(failure(future)).isInstanceOf(LignumException.TooLarge.class);
                assertThat(failure(future).outcome()).isEqualTo(Outcome.NOT_APPLIED);
            }
        }
    }

    @Test
    void producerForgottenWithNothingInDoubt_goesOnInANewEpoch() throws Exception {
        try (Producer<byte[], String> producer = producer().open()) {
            List<CompletableFuture<Long>> futures = FakeNode.sendAll(producer, 100);
            producer.flush().get();
            node.log.forgetProducers();
            for (int i = 100; i < 200; i++) {
                futures.add(producer.send("record " + i));
            }
            assertAllOnceAndInOrder(futures);
        }
    }

    @Test
    void producerForgottenWithABatchInDoubt_failsThatUnknownAndGoesOn() throws Exception {
        node.onProduce = (count, request, out) -> {
            if (count == 1) {
                node.log.append(request);
                node.log.forgetProducers();
                out.onError(Status.UNAVAILABLE.asRuntimeException());
            } else {
                node.answer(request, out);
            }
        };
        try (Producer<byte[], String> producer = producer().open()) {
            assertThat(producer.send("a").get()).isZero();
            LignumException lost = failure(producer.send("b"));
            assertThat(lost).isInstanceOf(LignumException.UnknownProducer.class);
            assertThat(lost.outcome()).isEqualTo(Outcome.UNKNOWN);
            assertThat(producer.send("c").get(30, TimeUnit.SECONDS)).isEqualTo(2);
            assertThat(node.log.texts()).containsExactly("a", "b", "c");
        }
    }

    @Test
    void aNewerEpoch_fencesForGood() throws Exception {
        try (Producer<byte[], String> old =
                        producer().identity(new ProducerIdentity(5, 1)).open();
                Producer<byte[], String> young =
                        producer().identity(new ProducerIdentity(5, 2)).open()) {
            old.send("a").get();
            young.send("b").get();
            assertThat(failure(old.send("c"))).isInstanceOf(LignumException.Fenced.class);
            assertThat(failure(old.send("d"))).isInstanceOf(LignumException.Fenced.class);
            assertThat(node.log.texts()).containsExactly("a", "b");
        }
    }

    @Test
    void anEpochThatWasUsedBefore_isNotTakenForARepeat() throws Exception {
        ProducerIdentity identity = new ProducerIdentity(5, 1);
        try (Producer<byte[], String> first = producer().identity(identity).open()) {
            first.send("a").get();
        }
        try (Producer<byte[], String> second = producer().identity(identity).open()) {
            LignumException fenced = failure(second.send("b"));
            assertThat(fenced).isInstanceOf(LignumException.Fenced.class);
            assertThat(fenced).hasMessageContaining("higher epoch");
        }
    }

    @Test
    void notIdempotent_lostAnswersAreUnknownAndNotSentAgain() throws Exception {
        node.onProduce = (count, request, out) -> {
            if (count == 0) {
                node.log.append(request);
                out.onError(Status.UNAVAILABLE.asRuntimeException());
            } else {
                node.answer(request, out);
            }
        };
        try (Producer<byte[], String> producer = producer().idempotent(false).open()) {
            assertThat(failure(producer.send("a")).outcome()).isEqualTo(Outcome.UNKNOWN);
            assertThat(producer.send("b").get()).isEqualTo(1);
            assertThat(node.log.texts()).containsExactly("a", "b");
        }
    }

    @Test
    void notIdempotentAndRefusedByAShutdown_isSentAgain() throws Exception {
        node.onProduce = (count, request, out) -> {
            if (count == 0) {
                out.onError(FakeNode.failure(
                        Status.Code.UNAVAILABLE, "SHUTTING_DOWN", ErrorDetail.Outcome.NOT_APPLIED));
            } else {
                node.answer(request, out);
            }
        };
        try (Producer<byte[], String> producer = producer().idempotent(false).open()) {
            assertThat(producer.send("a").get()).isZero();
        }
    }

    @Test
    void answersInAnotherOrder_areUnderstood() throws Exception {
        ArrayDeque<Runnable> late = new ArrayDeque<>();
        node.onProduce = (count, request, out) -> {
            ProduceResponse response = node.log.append(request);
            late.addFirst(() -> out.onNext(response));
            if (late.size() == 2 || count == 0) {
                late.forEach(Runnable::run);
                late.clear();
            }
        };
        try (Producer<byte[], String> producer = producer().open()) {
            assertAllOnceAndInOrder(FakeNode.sendAll(producer, 1_000));
        }
    }
}
