package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.record.LogRecord;
import io.lignum.record.StoredRecord;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The engine on the real disk, as an embedding program uses it. */
class LogStoreTest {

    @TempDir
    Path directory;

    @Test
    void appendedRecords_areReadBack_afterReopen() {
        try (LogStore store = LogStore.open(directory)) {
            TopicLog log = store.openOrCreate("orders");
            for (int i = 0; i < 100; i++) {
                assertThat(log.append(LogRecord.of("order " + i))).isEqualTo(i);
            }
            assertThat(texts(log)).hasSize(100).startsWith("order 0").endsWith("order 99");
        }
        try (LogStore store = LogStore.open(directory)) {
            assertThat(texts(store.topic("orders"))).hasSize(100).endsWith("order 99");
            assertThat(store.topic("orders").append(LogRecord.of("next"))).isEqualTo(100);
        }
    }

    @Test
    void fullSegments_areSealedUnderTheirBaseOffset() throws IOException {
        TopicConfig ten = TopicConfig.DEFAULT.withSegmentMaxRecords(10);
        try (LogStore store = LogStore.open(directory)) {
            TopicLog log = store.createTopic("t", ten);
            for (int i = 0; i < 25; i++) {
                log.append(LogRecord.of("m" + i));
            }
            assertThat(segmentFiles(log))
                    .containsExactly(
                            "00000000000000000000.log",
                            "00000000000000000010.log",
                            "00000000000000000020.qwal");
            assertThat(texts(log)).hasSize(25).endsWith("m24");
            assertThat(log.scrub().clean()).isTrue();
            assertThat(log.scrub().segments()).isEqualTo(2);
        }
        try (LogStore store = LogStore.open(directory)) {
            assertThat(texts(store.topic("t"))).hasSize(25).endsWith("m24");
        }
    }

    @Test
    void manyThreads_shareForces_andEachGetsItsOwnOffset() throws Exception {
        int threads = 16;
        int each = 200;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try (LogStore store = LogStore.open(directory)) {
            TopicLog log = store.openOrCreate("t");
            List<Future<List<Long>>> results = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int id = t;
                results.add(pool.submit(() -> {
                    List<Long> offsets = new ArrayList<>();
                    for (int i = 0; i < each; i++) {
                        offsets.add(log.append(LogRecord.of(id + ":" + i)));
                    }
                    return offsets;
                }));
            }
            List<String> texts = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                assertThat(results.get(t).get()).isSorted().hasSize(each);
            }
            texts.addAll(texts(log));
            assertThat(texts).hasSize(threads * each).doesNotHaveDuplicates();
            for (int t = 0; t < threads; t++) {
                List<Long> offsets = results.get(t).get();
                for (int i = 0; i < each; i++) {
                    assertThat(texts.get(offsets.get(i).intValue())).isEqualTo(t + ":" + i);
                }
            }
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void futuresInFlight_completeInOrderOfTheirOffsets() {
        try (LogStore store = LogStore.open(directory)) {
            TopicLog log = store.openOrCreate("t");
            List<CompletableFuture<Long>> futures = new ArrayList<>();
            for (int i = 0; i < 50_000; i++) {
                futures.add(log.appendAsync(LogRecord.of("r" + i)));
            }
            for (int i = 0; i < 50_000; i++) {
                assertThat(futures.get(i).join()).isEqualTo(i);
            }
            assertThat(texts(log)).hasSize(50_000);
        }
    }

    @Test
    void secondStore_isRefused_andTheErrorNamesTheHolder() {
        try (LogStore store = LogStore.open(directory)) {
            assertThat(store.topics()).isEmpty();
            assertThatThrownBy(() -> LogStore.open(directory))
                    .isInstanceOf(StorageException.DirectoryLocked.class)
                    .hasMessageContaining("process " + ProcessHandle.current().pid());
        }
    }

    @Test
    void flippedBaseOffset_isCorruption_thoughTheCrcHolds() throws IOException {
        try (LogStore store = LogStore.open(directory)) {
            TopicLog log = store.createTopic("t", TopicConfig.DEFAULT.withSegmentMaxRecords(2));
            for (int i = 0; i < 4; i++) {
                log.append(LogRecord.of("m" + i));
            }
            Path sealed = log.state().directory().resolve("00000000000000000002.log");
            byte[] bytes = Files.readAllBytes(sealed);
            bytes[7] ^= 4;
            Files.write(sealed, bytes);
            assertThatThrownBy(() -> texts(log))
                    .isInstanceOf(StorageException.CorruptLog.class)
                    .hasMessageContaining("says offset 6 where 2 stands");
            assertThat(log.scrub().problems()).hasSize(1);
        }
    }

    static List<String> texts(TopicLog log) {
        return StreamSupport.stream(log.read(log.logStartOffset()).spliterator(), false)
                .map(StoredRecord::text)
                .toList();
    }

    static List<String> segmentFiles(TopicLog log) throws IOException {
        try (Stream<Path> files = Files.list(log.state().directory())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".log") || name.endsWith(".qwal"))
                    .sorted()
                    .toList();
        }
    }
}
