package io.lignum.client.internal.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.client.LignumException;
import io.lignum.client.LignumException.Outcome;
import io.lignum.client.internal.net.BufferPool;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Batches whose delivery timeout ends while the node does not answer. */
class PipelineExpiryTest {

    private static final int BATCH_BYTES = 1_024;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final BufferPool pool = new BufferPool();
    private final List<Batch> sent = new ArrayList<>();
    private final List<LignumException> failures = new ArrayList<>();

    private final ProduceLink silent = new ProduceLink() {
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
            sent.add(batch);
        }

        @Override
        public void cancel(boolean stalled) {
            // It never answers anyway.
        }
    };

    private final ProduceLink.Opener opener = new ProduceLink.Opener() {
        @Override
        public Optional<ProduceLink> open() {
            return Optional.of(silent);
        }

        @Override
        public void search() {
            // There is one node.
        }
    };

    private final Deliveries deliveries = new Deliveries() {
        @Override
        public void succeeded(Batch batch, long firstOffset) {
            batch.futures().complete(firstOffset);
        }

        @Override
        public void failed(Batch batch, LignumException error) {
            failures.add(error);
            batch.futures().fail(error);
        }
    };

    @Test
    void severalBatchesInFlightExpireAtOnce_withoutNumbers_eachFailsAndReleasesItsBufferOnce() {
        ProducerSettings settings = ProducerSettings.of("t").with(draft -> {
            draft.batchBytes = BATCH_BYTES;
            draft.deliveryTimeout = TIMEOUT;
            draft.idempotent = false;
        });
        Accumulator accumulator = new Accumulator(settings, pool, () -> {}, () -> {});
        Pipeline pipeline = new Pipeline(
                accumulator,
                opener,
                deliveries,
                settings,
                Duration.ofSeconds(30).toNanos());
        List<CompletableFuture<Long>> futures = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            futures.add(accumulator.append(0, null, new byte[BATCH_BYTES / 2], List.of()));
            pipeline.run(System.nanoTime());
        }
        var unused = accumulator.flush();
        pipeline.run(System.nanoTime());
        assertThat(sent).hasSize(3);

        pipeline.run(System.nanoTime() + TIMEOUT.toNanos());

        assertThat(futures).allMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(failures).hasSize(3).allMatch(error -> error.outcome() == Outcome.UNKNOWN);
        List<ByteBuffer> reused = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            reused.add(pool.take(BATCH_BYTES));
        }
        assertThat(reused.stream().map(System::identityHashCode).distinct()).hasSize(4);
    }
}
