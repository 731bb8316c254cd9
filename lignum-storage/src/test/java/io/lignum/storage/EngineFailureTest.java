package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.record.LogRecord;
import io.lignum.record.ProducerStamp;
import io.lignum.storage.env.Environment;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Something is thrown at every call that the engine makes of the outside: each call of the disk,
 * each hand-over to an engine thread, each report to a listener. Whatever thread that is in,
 * everything ends, and with a typed error.
 */
class EngineFailureTest {

    private static final Duration SECOND = Duration.ofSeconds(2);
    private static final int MANY = 5_000;

    /** What is thrown, and where. */
    enum Injected {
        ERROR_OF_THE_DISK(Site.DISK),
        BUG_OF_THE_DISK(Site.DISK),
        NO_THREAD(Site.EXECUTOR),
        REJECTED(Site.EXECUTOR),
        ERROR_OF_A_LISTENER(Site.LISTENER),
        BUG_OF_A_LISTENER(Site.LISTENER);

        private final Site site;

        Injected(Site site) {
            this.site = site;
        }

        Throwable cause() {
            return switch (this) {
                case NO_THREAD -> new OutOfMemoryError("unable to create native thread");
                case REJECTED -> new RejectedExecutionException("injected");
                case ERROR_OF_THE_DISK, ERROR_OF_A_LISTENER -> new InternalError("injected");
                case BUG_OF_THE_DISK, BUG_OF_A_LISTENER -> new IllegalStateException("injected");
            };
        }
    }

    private enum Site {
        DISK,
        EXECUTOR,
        LISTENER
    }

    /** One life of a store, in which the n-th call of a kind throws. */
    private static final class Run {
        private final Injected injected;
        private final Throwable cause;
        private final Simulation simulation;
        private final FaultyDisk disk;
        private final List<CompletableFuture<?>> futures = new ArrayList<>();
        private final List<StorageException> reports = new ArrayList<>();
        private final List<CompletableFuture<Long>> durable = new ArrayList<>();
        private @Nullable LogStore store;
        private long left;
        private boolean fired;

        Run(Injected injected, long nth) {
            this.injected = injected;
            cause = injected.cause();
            left = nth;
            simulation = new Simulation(nth);
            disk = new FaultyDisk(simulation.disk);
            disk.fault((call, path) -> hit(Site.DISK));
        }

        private void hit(Site site) {
            if (site == injected.site && --left == 0) {
                fired = true;
                if (cause instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) cause;
            }
        }

        /** A call on a thread of the user, who may meet the failure itself. */
        private <T> @Nullable T call(Supplier<T> call) {
            try {
                return call.get();
            } catch (StorageException e) {
                return null;
            } catch (RuntimeException | Error e) {
                assertThat(e).isSameAs(cause);
                return null;
            }
        }

        private <T> void later(Supplier<CompletableFuture<T>> call) {
            CompletableFuture<T> future = call(call);
            if (future != null) {
                futures.add(future);
                var unused = future.whenComplete((done, failure) -> {
                    throw new InternalError("a callback that throws harms no other");
                });
            }
        }

        private void open() {
            simulation.environment =
                    new io.lignum.storage.sim.SimulatedEnvironment(simulation.disk, 1, 1L << 40);
            var sim = simulation.environment;
            Environment environment =
                    new Environment(disk, sim, sim.environment().random(), task -> {
                        hit(Site.EXECUTOR);
                        sim.execute(task);
                    });
            StoreConfig config = Simulation.CONFIG.toBuilder()
                    .listener(new Reports(() -> hit(Site.LISTENER), reports))
                    .build();
            store = call(() -> LogStore.open(Simulation.DIRECTORY, config, environment));
        }

        private void live(LogStore open) {
            for (Durability durability : Durability.values()) {
                TopicConfig config =
                        TopicConfig.DEFAULT.withDurability(durability).withSegmentMaxRecords(3);
                TopicLog log = call(() -> open.createTopic(durability.name(), config));
                if (log != null) {
                    use(log);
                    tick(open);
                    call(() -> open.alterTopic(log.name(), config.withSegmentMaxRecords(4)));
                }
            }
            later(() -> open.deleteTopicAsync(Durability.OS.name()));
            open.findTopic(Durability.INTERVAL.name())
                    .ifPresent(log -> later(() -> open.renewTopicAsync(log)));
            tick(open);
        }

        private void use(TopicLog log) {
            later(() -> log.awaitReadable(1_000));
            for (int i = 0; i < 8; i++) {
                CompletableFuture<Long> sent = call(() -> log.appendAsync(LogRecord.of("r")));
                if (sent != null) {
                    later(() -> sent);
                    if (log.config().durability() == Durability.ALWAYS) {
                        durable.add(sent);
                    }
                }
            }
            simulation.environment.run();
            AppendOptions once = AppendOptions.from(new ProducerStamp(7, (short) 0, 0));
            List<LogRecord> records = List.of(LogRecord.of("a"), LogRecord.of("b"));
            later(() -> log.appendAsync(records, once));
            later(() -> log.appendAsync(records, once));
            later(() -> log.admin().sealActive());
            later(() -> log.admin().flush());
            later(() -> log.admin().trim(4));
            later(() -> log.admin().checkpoint());
            later(() -> log.admin().truncate(9));
            simulation.environment.run();
        }

        private void tick(LogStore open) {
            simulation.environment.advance(SECOND.multipliedBy(6));
            call(() -> {
                open.tick();
                return true;
            });
            simulation.environment.run();
        }

        void end() {
            LogStore open = store;
            if (open != null) {
                live(open);
                later(open::closeAsync);
                simulation.environment.run();
                assertEnded(open);
            }
            disk.fault(FaultyDisk.NONE);
            assertNothingDurableIsLost();
        }

        private void assertEnded(LogStore open) {
            assertThat(futures).as(this::toString).allMatch(CompletableFuture::isDone);
            for (CompletableFuture<?> future : futures) {
                assertThat(failureOf(future))
                        .as(this::toString)
                        .satisfiesAnyOf(
                                failure -> assertThat(failure).isNull(),
                                failure ->
                                        assertThat(failure).isInstanceOf(StorageException.class));
            }
            assertThat(open.status().pendingBytes()).as(this::toString).isZero();
            assertThat(open.health().sinceWrite()).as(this::toString).isZero();
            assertThat(reports).hasSize(open.health().failure().isPresent() ? 1 : 0);
        }

        /**
         * Also the lock is free: nothing keeps the directory from being opened in the same process.
         */
        private void assertNothingDurableIsLost() {
            long acknowledged =
                    durable.stream().filter(sent -> failureOf(sent) == null).count();
            LogStore again = simulation.open();
            long end = again.findTopic(Durability.ALWAYS.name())
                    .map(TopicLog::logEndOffset)
                    .orElse(0L);
            assertThat(end).as(this::toString).isGreaterThanOrEqualTo(acknowledged);
            simulation.close(again);
        }

        @Override
        public String toString() {
            return injected + ", " + left + " left, fired " + fired;
        }
    }

    private static @Nullable Throwable failureOf(CompletableFuture<?> future) {
        try {
            future.get(0, TimeUnit.SECONDS);
            return null;
        } catch (java.util.concurrent.ExecutionException e) {
            Throwable cause = e.getCause();
            return cause instanceof CompletionException ? cause.getCause() : cause;
        } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
            return e;
        }
    }

    /** Every call reports; what ends the store is kept. */
    private record Reports(Runnable hit, List<StorageException> failures) implements StoreListener {
        @Override
        public void acknowledged(TopicLog log, int records, int bytes, long nanos) {
            hit.run();
        }

        @Override
        public void written(TopicLog log, WrittenBatches batches, long nanos) {
            hit.run();
        }

        @Override
        public void flushed(TopicLog log, long flushedEnd) {
            hit.run();
        }

        @Override
        public void forced(TopicLog log, long nanos) {
            hit.run();
        }

        @Override
        public void sealed(TopicLog log) {
            hit.run();
        }

        @Override
        public void recovered(TopicLog log, RecoveryReport report) {
            hit.run();
        }

        @Override
        public void topicsChanged(int topics) {
            hit.run();
        }

        @Override
        public void failed(TopicLog log, StorageException cause) {
            hit.run();
        }

        @Override
        public void storeFailed(StorageException cause) {
            failures.add(cause);
            hit.run();
        }
    }

    @ParameterizedTest
    @EnumSource(Injected.class)
    void whateverIsThrown_atWhateverCall_everythingEnds(Injected injected) {
        int n = 1;
        for (boolean fired = true; fired && n < MANY; n++) {
            Run run = new Run(injected, n);
            run.open();
            run.end();
            fired = run.fired;
        }
        assertThat(n).as("calls that were tried").isBetween(10, MANY - 1);
    }
}
