package io.lignum.client.internal.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.api.ErrorDetail;
import io.lignum.api.ProduceRequest;
import io.lignum.api.ProduceResponse;
import io.lignum.client.FakeLog;
import io.lignum.client.FakeNode;
import io.lignum.client.LignumException;
import io.lignum.client.LignumException.Outcome;
import io.lignum.client.internal.errors.Errors;
import io.lignum.client.internal.net.BufferPool;
import io.lignum.client.internal.net.WireErrors;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;

/**
 * The producer's state machine without a network: requests and answers are delayed, lost with their
 * stream, and delivered long after it, as a seed will have it.
 */
class PipelineTest {

    private static final int STEPS = 4_000;

    static LongStream seeds() {
        return LongStream.concat(
                LongStream.rangeClosed(1, 60), LongStream.of(Long.getLong("lignum.seed", 61)));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whateverTheNetworkDoes_everyRecordIsThereOnceInOrderOrFailed(long seed) {
        new World(seed).run();
    }

    /** A stream, with what is on its way in both directions. */
    private static final class Link implements ProduceLink {
        final ArrayDeque<ProduceRequest> requests = new ArrayDeque<>();
        final ArrayDeque<ProduceResponse> responses = new ArrayDeque<>();
        boolean cancelled;

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public boolean isLeaderElsewhere() {
            return false;
        }

        @Override
        public void send(Batch batch) {
            requests.add(ProduceRequests.of(batch));
        }

        @Override
        public void cancel(boolean stalled) {
            cancelled = true;
        }
    }

    private static final class World implements Deliveries, ProduceLink.Opener {
        private final long seed;
        private final Random random;
        private final FakeLog log = new FakeLog();
        private final Accumulator accumulator;
        private final Pipeline pipeline;
        private final List<CompletableFuture<Long>> futures = new ArrayList<>();
        private final ArrayDeque<ProduceRequest> late = new ArrayDeque<>();
        private Link link = new Link();
        private long now = System.nanoTime();

        World(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            ProducerSettings settings = ProducerSettings.of("t").with(draft -> {
                draft.batchBytes = 1_024;
                draft.deliveryTimeout = Duration.ofDays(1);
            });
            accumulator = new Accumulator(settings, new BufferPool(), () -> {}, () -> {});
            pipeline = new Pipeline(
                    accumulator, this, this, settings, Duration.ofSeconds(30).toNanos());
        }

        @Override
        public Optional<ProduceLink> open() {
            link = new Link();
            return Optional.of(link);
        }

        @Override
        public void search() {
            // There is only one.
        }

        @Override
        public void succeeded(Batch batch, long firstOffset) {
            batch.futures().complete(firstOffset);
        }

        @Override
        public void failed(Batch batch, LignumException error) {
            batch.futures().fail(error);
        }

        void run() {
            for (int i = 0; i < STEPS; i++) {
                step();
            }
            for (int i = 0; i < 100_000 && !allDone(); i++) {
                now += Duration.ofMillis(300).toNanos();
                pipeline.run(now);
                deliverRequest(true);
                deliverResponse();
            }
            check();
        }

        private boolean allDone() {
            return futures.stream().allMatch(CompletableFuture::isDone);
        }

        private void step() {
            now += random.nextInt(5_000_000);
            int dice = random.nextInt(100);
            if (dice < 40) {
                String text = futures.size() + "-" + "x".repeat(random.nextInt(300));
                if (random.nextInt(40) == 0) {
                    text += "y".repeat(2_000); // This node will not have it.
                }
                futures.add(accumulator.append(
                        1, null, text.getBytes(StandardCharsets.UTF_8), List.of()));
            } else if (dice < 65) {
                deliverRequest(false);
            } else if (dice < 90) {
                deliverResponse();
            } else if (dice < 92) {
                loseLink();
            } else if (dice < 95 && !late.isEmpty()) {
                answer(late.poll()); // and the answer is lost
            }
            pipeline.run(now);
        }

        private void deliverRequest(boolean healed) {
            ProduceRequest request = link.cancelled ? null : link.requests.poll();
            if (request == null) {
                return;
            }
            if (!healed && random.nextInt(15) == 0) {
                // The latter if a token was replaced: the next stream sends the new one.
                String code = random.nextBoolean() ? "OVERLOADED" : "NOT_AUTHENTICATED";
                link.responses.add(
                        FakeNode.refusal(request, code, ErrorDetail.Outcome.NOT_APPLIED));
            } else {
                link.responses.add(answer(request));
            }
        }

        private ProduceResponse answer(ProduceRequest request) {
            return request.getAppend().getBatch().getRaw().size() > 2_000
                    ? FakeNode.refusal(
                            request, "MESSAGE_TOO_LARGE", ErrorDetail.Outcome.NOT_APPLIED)
                    : log.append(request);
        }

        private void deliverResponse() {
            ProduceResponse response = link.cancelled ? null : link.responses.poll();
            if (response == null) {
                return;
            }
            if (response.hasError()) {
                pipeline.refused(
                        link,
                        response.getCorrelationId(),
                        WireErrors.of(response.getError(), true),
                        now);
            } else {
                pipeline.appended(link, GrpcProduceLink.answer(response), now);
            }
        }

        /** What had not arrived may arrive all the same, later, for a while. */
        private void loseLink() {
            Link lost = link;
            lost.requests.forEach(request -> {
                if (random.nextBoolean()) {
                    late.add(request);
                }
            });
            link = new Link();
            pipeline.ended(lost, Errors.disconnected("lost", Outcome.UNKNOWN), now);
        }

        private void check() {
            List<String> texts = log.texts();
            int last = -1;
            for (String text : texts) {
                int number = Integer.parseInt(text.substring(0, text.indexOf('-')));
                assertThat(number).as("seed " + seed).isGreaterThan(last);
                last = number;
            }
            int succeeded = 0;
            for (int i = 0; i < futures.size(); i++) {
                CompletableFuture<Long> future = futures.get(i);
                assertThat(future.isDone()).as("record %d, seed %d", i, seed).isTrue();
                if (!future.isCompletedExceptionally()) {
                    String text = texts.get(Math.toIntExact(future.join()));
                    assertThat(text).as("seed " + seed).startsWith(i + "-");
                    succeeded++;
                } else {
                    assertThat(future.handle((offset, error) -> error).join())
                            .as("seed " + seed)
                            .isInstanceOf(LignumException.TooLarge.class);
                }
            }
            assertThat(succeeded).as("seed " + seed).isEqualTo(texts.size()).isPositive();
        }
    }
}
