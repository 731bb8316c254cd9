package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.record.LogRecord;
import io.lignum.record.RecordCursor;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/** What threads do to each other, on the real disk. */
class RealDiskTest {

    private static final TopicConfig OS =
            TopicConfig.DEFAULT.withDurability(Durability.OS).withSegmentMaxRecords(500);

    @TempDir
    Path directory;

    private static void all(List<Callable<Void>> tasks) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(tasks.size());
        try {
            for (Future<Void> task : pool.invokeAll(tasks)) {
                task.get();
            }
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void interruptedThreads_thatAppendAndRead_harmNoOther() throws Exception {
        try (LogStore store = LogStore.open(directory)) {
            TopicLog log = store.openOrCreate("t");
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int t = 0; t < 6; t++) {
                tasks.add(() -> {
                    for (int i = 0; i < 150; i++) {
                        Thread.currentThread().interrupt();
                        long offset = log.append(LogRecord.of("r"));
                        assertThat(Thread.interrupted())
                                .as("the interrupt is kept")
                                .isTrue();
                        Thread.currentThread().interrupt();
                        try (LogCursor cursor = log.cursor(offset)) {
                            assertThat(cursor.next()).isTrue();
                        }
                        assertThat(Thread.interrupted()).isTrue();
                    }
                    return null;
                });
            }
            all(tasks);
            assertThat(log.logEndOffset()).isEqualTo(900);
            assertThat(LogStoreTest.texts(log)).hasSize(900);
        }
        try (LogStore store = LogStore.open(directory)) {
            assertThat(store.topic("t").logEndOffset()).isEqualTo(900);
        }
    }

    @Test
    void manyTopics_keepFewFilesOpen() {
        int topics = Integer.getInteger("lignum.topics", 300);
        StoreConfig config = StoreConfig.DEFAULT.toBuilder().maxOpenFiles(32).build();
        try (LogStore store = LogStore.open(directory, config)) {
            for (int i = 0; i < topics; i++) {
                store.createTopic("t" + i, OS).append(LogRecord.of("r" + i));
            }
            assertThat(store.status().openFiles()).isLessThanOrEqualTo(32);
            for (int i = 0; i < topics; i++) {
                store.topic("t" + i).append(LogRecord.of("s" + i));
                assertThat(LogStoreTest.texts(store.topic("t" + i)))
                        .containsExactly("r" + i, "s" + i);
            }
            assertThat(store.status().openFiles()).isLessThanOrEqualTo(32);
        }
        try (LogStore store = LogStore.open(directory, config)) {
            assertThat(store.topics()).hasSize(topics);
            assertThat(store.status().openFiles()).isLessThanOrEqualTo(32);
            assertThat(LogStoreTest.texts(store.topic("t7"))).containsExactly("r7", "s7");
        }
    }

    @Test
    void readers_areSafe_whileTheLogIsTrimmedUnderThem() throws Exception {
        StoreConfig config = StoreConfig.DEFAULT.toBuilder().maxOpenFiles(16).build();
        try (LogStore store = LogStore.open(directory, config)) {
            TopicLog log = store.createTopic("t", OS.withRetentionBytes(OptionalLong.empty()));
            AtomicBoolean done = new AtomicBoolean();
            List<Callable<Void>> tasks = new ArrayList<>();
            tasks.add(() -> {
                try {
                    for (int i = 0; i < 30_000; i++) {
                        CompletableFuture<Long> sent =
                                log.appendAsync(LogRecord.of(Long.toString(i)));
                        if (i % 1000 == 999) {
                            assertThat(sent.join()).isEqualTo(i);
                            log.flush();
                            log.trim(Math.max(log.logStartOffset(), log.readableEndOffset() - 700));
                        }
                    }
                } finally {
                    done.set(true);
                }
                return null;
            });
            for (int r = 0; r < 2; r++) {
                tasks.add(() -> {
                    while (!done.get()) {
                        readAll(log);
                    }
                    return null;
                });
            }
            all(tasks);
            assertThat(log.logStartOffset()).isGreaterThan(29_000);
        }
    }

    /** Every record says its own offset; being trimmed away is the only excuse for an end. */
    private static void readAll(TopicLog log) {
        try (LogCursor cursor = log.cursor(log.logStartOffset())) {
            long last = -1;
            while (cursor.next()) {
                RecordCursor records = cursor.batch().records();
                while (records.next()) {
                    assertThat(last == -1 || records.offset() == last + 1).isTrue();
                    last = records.offset();
                    assertThat(records.toRecord().text()).isEqualTo(Long.toString(last));
                }
            }
        } catch (StorageException.OffsetOutOfRange e) {
            assertThat(e.startOffset()).isPositive();
        }
    }

    @Test
    void readersAndWaiters_fail_whenTheirTopicIsDeleted() throws Exception {
        try (LogStore store = LogStore.open(directory)) {
            TopicLog log = store.createTopic("t", OS);
            log.append(LogRecord.of("x"));
            LogCursor cursor = log.cursor(0);
            CompletableFuture<Long> waiting = log.awaitReadable(1);
            store.deleteTopic("t");
            assertThatThrownBy(cursor::next).isInstanceOf(StorageException.Closed.class);
            assertThat(waiting).isCompletedExceptionally();
            assertThatThrownBy(() -> log.append(LogRecord.of("y")))
                    .isInstanceOf(StorageException.Closed.class);
            cursor.close();
            store.tick();
            assertThat(Files.exists(log.state().directory())).isFalse();
            assertThat(store.createTopic("t", OS).logEndOffset()).isZero();
        }
    }

    @Test
    void appendsOfBlockedThreads_andCommands_goOnSideBySide() throws Exception {
        try (LogStore store = LogStore.open(directory)) {
            TopicLog log = store.createTopic(
                    "t", OS.withSegmentMaxAge(Duration.ofMillis(1)).withSegmentMaxRecords(50));
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                tasks.add(() -> {
                    for (int i = 0; i < 300; i++) {
                        log.append(LogRecord.of("r"));
                    }
                    return null;
                });
            }
            tasks.add(() -> {
                for (int i = 0; i < 30; i++) {
                    log.sealActive();
                    log.flush();
                    log.lead(i);
                    assertThat(log.scrub().problems()).isEmpty();
                }
                return null;
            });
            all(tasks);
            assertThat(LogStoreTest.texts(log)).hasSize(1200);
            assertThat(log.epoch()).isEqualTo(29);
        }
        try (LogStore store = LogStore.open(directory)) {
            assertThat(LogStoreTest.texts(store.topic("t"))).hasSize(1200);
        }
    }

    /**
     * A follower that asks in just that moment would take the next epoch's records for the last
     * one's (R19).
     */
    @Test
    void endOfAnEpoch_doesNotMoveAsTheNextOneBegins() throws Exception {
        try (LogStore store = LogStore.open(directory)) {
            TopicLog log = store.createTopic("t", OS);
            AtomicReference<EpochEnd> last = new AtomicReference<>(new EpochEnd(0, 0));
            AtomicBoolean done = new AtomicBoolean();
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int t = 0; t < 3; t++) {
                tasks.add(() -> {
                    while (!done.get()) {
                        EpochEnd expected = Objects.requireNonNull(last.get());
                        assertThat(log.epochEnd(expected.epoch())).isEqualTo(expected);
                    }
                    return null;
                });
            }
            tasks.add(() -> {
                try {
                    for (int epoch = 1; epoch <= 3_000; epoch++) {
                        log.lead(epoch);
                        long offset = log.append(LogRecord.of("r"));
                        last.set(new EpochEnd(epoch, offset + 1)); // It gets no more.
                    }
                } finally {
                    done.set(true);
                }
                return null;
            });
            all(tasks);
        }
    }
}
