package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.record.LogRecord;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * An interrupt is the caller's business: it neither fails a call of the engine nor hurts the store.
 */
@Timeout(60)
class InterruptTest {

    private static final int CALLERS = 4;
    private static final long SEED = 20261130;

    private static final TopicConfig SMALL_SEGMENTS = TopicConfig.DEFAULT.withSegmentMaxRecords(7);

    @TempDir
    Path directory;

    @Test
    void openingAndClosing_inAnInterruptedThread_work_andKeepTheInterrupt() {
        Thread.currentThread().interrupt();
        try (LogStore store = LogStore.open(directory)) {
            store.openOrCreate("t").append(LogRecord.of("r"));
        }
        assertThat(Thread.interrupted()).isTrue();
        Thread.currentThread().interrupt();
        Optional<String> holder = LogInspector.of(directory).holder();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(holder).isEmpty();
    }

    /**
     * As the pool of an application does that is shut down while its threads append and segments
     * roll.
     */
    @Test
    void stormOfInterrupts_overEveryCall_failsNone_andTheStoreGoesOn() throws Exception {
        try (LogStore store = LogStore.open(directory)) {
            storm(store);
            assertThat(store.health().failure()).isEmpty();
            for (TopicLog log : store.topics()) {
                assertThat(log.append(LogRecord.of("after"))).isEqualTo(log.logEndOffset() - 1);
            }
            assertThat(store.status().pendingBytes()).isZero();
        }
        try (LogStore store = LogStore.open(directory)) {
            for (TopicLog log : store.topics()) {
                assertThat(log.scrub().problems()).isEmpty();
            }
        }
    }

    private static void storm(LogStore store) throws Exception {
        List<AtomicReference<Thread>> threads = new ArrayList<>();
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService pool = Executors.newFixedThreadPool(CALLERS + 1);
        try {
            List<Future<?>> callers = new ArrayList<>();
            for (int c = 0; c < CALLERS; c++) {
                AtomicReference<Thread> thread = new AtomicReference<>();
                threads.add(thread);
                int caller = c;
                callers.add(pool.submit(() -> {
                    thread.set(Thread.currentThread());
                    Random random = new Random(SEED + caller);
                    for (int i = 0; i < 120; i++) {
                        call(store, "t" + caller % 2, random);
                    }
                }));
            }
            Future<?> interrupter = pool.submit(() -> {
                while (!done.get()) {
                    threads.forEach(InterruptTest::interrupt);
                    Thread.onSpinWait();
                }
            });
            for (Future<?> caller : callers) {
                caller.get(50, TimeUnit.SECONDS);
            }
            done.set(true);
            interrupter.get(5, TimeUnit.SECONDS);
        } finally {
            done.set(true);
            pool.shutdownNow();
        }
    }

    private static void interrupt(AtomicReference<Thread> reference) {
        Thread thread = reference.get();
        if (thread != null) {
            thread.interrupt();
        }
    }

    private static void call(LogStore store, String topic, Random random) {
        TopicLog log = store.openOrCreate(topic, SMALL_SEGMENTS);
        switch (random.nextInt(12)) {
            case 0 -> log.flush();
            case 1 -> log.sealActive();
            case 2 -> log.trim(log.logStartOffset());
            case 3 -> store.alterTopic(topic, SMALL_SEGMENTS);
            case 4 -> readAll(log);
            case 5 -> log.append(List.of(LogRecord.of("a"), LogRecord.of("b")));
            case 6 -> assertThat(log.scrub().problems()).isEmpty();
            case 7 -> assertThat(store.divergent()).isEmpty();
            case 8 -> {
                String mine = "own" + Thread.currentThread().getId();
                store.openOrCreate(mine).append(LogRecord.of("x"));
                store.deleteTopic(mine);
            }
            default -> log.append(LogRecord.of("r"));
        }
    }

    private static void readAll(TopicLog log) {
        try (LogCursor cursor = log.cursor(log.logStartOffset())) {
            while (cursor.next()) {
                assertThat(cursor.batch().recordCount()).isPositive();
            }
        }
    }
}
