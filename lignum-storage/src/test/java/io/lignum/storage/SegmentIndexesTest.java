package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.record.LogRecord;
import io.lignum.storage.env.DiskFullException;
import io.lignum.storage.internal.segment.OffsetIndex;
import io.lignum.storage.internal.segment.SegmentNames;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** An index is derived: whatever happens to its file, the records are read. */
class SegmentIndexesTest {

    private static final int A_SEGMENT = 400;
    private static final TopicConfig CONFIG =
            TopicConfig.DEFAULT.withDurability(Durability.OS).withSegmentMaxRecords(A_SEGMENT);

    @TempDir
    Path directory;

    private final FaultyDisk disk = new FaultyDisk();
    private LogStore store;
    private TopicLog log;

    @BeforeEach
    void open() {
        store = LogStore.open(directory, StoreConfig.DEFAULT, disk);
        log = store.openOrCreate("t", CONFIG);
    }

    @AfterEach
    void close() {
        disk.fault(FaultyDisk.NONE);
        store.close();
    }

    private void reopen() {
        store.close();
        open();
    }

    /** Batches of 4 KiB, full segments of 400 KiB. */
    private void fill(int segments) {
        List<LogRecord> four = Collections.nCopies(4, LogRecord.of("x".repeat(1024)));
        for (int i = 0; i < segments * log.config().segmentMaxRecords(); i += four.size()) {
            log.append(four);
        }
        log.flush();
    }

    private List<Path> files(String suffix) throws IOException {
        try (Stream<Path> files = Files.list(log.state().directory())) {
            return files.filter(f -> f.toString().endsWith(suffix)).sorted().toList();
        }
    }

    private void deleteIndexes() throws IOException {
        for (Path index : files(SegmentNames.INDEX)) {
            Files.delete(index);
        }
    }

    private void assertReadsAt(long offset) {
        try (LogCursor cursor = log.cursor(offset)) {
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.batch().baseOffset()).isLessThanOrEqualTo(offset);
            assertThat(cursor.nextOffset()).isGreaterThan(offset);
        }
    }

    private OffsetIndex saved(Path index) throws IOException {
        return OffsetIndex.decode(ByteBuffer.wrap(Files.readAllBytes(index))).orElseThrow();
    }

    @Test
    void readersOfSegmentsWithoutIndexes_allRead_andEachIndexIsBuiltOnce() throws Exception {
        fill(12);
        reopen();
        deleteIndexes();
        AtomicInteger creations = new AtomicInteger();
        disk.fault((call, path) -> {
            if (call == FaultyDisk.Call.CREATE) {
                creations.incrementAndGet();
            }
        });
        int readers = 8;
        CyclicBarrier together = new CyclicBarrier(readers);
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int r = 0; r < readers; r++) {
            tasks.add(() -> {
                for (int s = 0; s < 12; s++) {
                    together.await(30, TimeUnit.SECONDS);
                    assertReadsAt(s * A_SEGMENT + A_SEGMENT - 1);
                }
                return null;
            });
        }
        ExecutorService pool = Executors.newFixedThreadPool(readers);
        try {
            for (Future<Void> task : pool.invokeAll(tasks)) {
                task.get();
            }
        } finally {
            pool.shutdown();
        }
        assertThat(creations).hasValue(12);
        assertThat(files(SegmentNames.INDEX)).hasSize(12);
        assertThat(files(".tmp")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"full", "read-only", "failed"})
    void indexThatCannotBeSaved_failsNoRead_andLeavesNothing(String kind) throws Exception {
        fill(2);
        reopen();
        deleteIndexes();
        disk.fault((call, path) -> {
            boolean writes = kind.equals("read-only")
                    ? call == FaultyDisk.Call.CREATE || call == FaultyDisk.Call.DELETE
                    : call == FaultyDisk.Call.WRITE;
            if (writes && path.toString().contains(SegmentNames.INDEX)) {
                throw switch (kind) {
                    case "full" -> new DiskFullException("no space left, says the test");
                    case "read-only" ->
                        new FileSystemException(path.toString(), null, "Read-only file system");
                    default -> new IOException("Input/output error, says the test");
                };
            }
        });
        assertReadsAt(A_SEGMENT - 1);
        assertReadsAt(2 * A_SEGMENT - 1);
        assertThat(files(SegmentNames.INDEX)).isEmpty();
        disk.fault(FaultyDisk.NONE);
        assertThat(files(".tmp")).isEmpty();
        log.append(LogRecord.of("the log goes on"));
    }

    @Test
    void indexThatCannotBeSaved_whenItsSegmentIsSealed_stopsNoAppend() throws Exception {
        disk.fault((call, path) -> {
            if (call == FaultyDisk.Call.WRITE && path.toString().contains(SegmentNames.INDEX)) {
                throw new IOException("Input/output error, says the test");
            }
        });
        fill(2);
        assertThat(log.logEndOffset()).isEqualTo(2 * A_SEGMENT);
        assertThat(files(SegmentNames.INDEX)).isEmpty();
        assertReadsAt(A_SEGMENT + 7);
    }

    @Test
    void indexThatCannotBeRead_isBuiltAgain() throws Exception {
        fill(1);
        reopen();
        disk.fault((call, path) -> {
            if (call == FaultyDisk.Call.READ && path.toString().endsWith(SegmentNames.INDEX)) {
                throw new IOException("Input/output error, says the test");
            }
        });
        assertReadsAt(A_SEGMENT - 1);
    }

    @Test
    void indexThatDoesNotFitItsSegment_isBuiltAgain_andNoDamage() throws Exception {
        fill(1);
        reopen();
        Path file = files(SegmentNames.INDEX).get(0);
        OffsetIndex right = saved(file);
        OffsetIndex wrong = new OffsetIndex();
        for (int i = 0; i < A_SEGMENT; i++) {
            wrong.add(i, i * 1000, 1000, 0);
        }
        Files.write(file, wrong.encode().array());
        for (int offset = 1; offset < A_SEGMENT; offset += 13) {
            assertReadsAt(offset);
        }
        assertThat(saved(file).encode()).isEqualTo(right.encode());
    }

    /**
     * As in a data directory of a release that kept what the last checkpoint had saved of the
     * active segment.
     */
    @Test
    void halfAnIndex_isCompleted() throws Exception {
        fill(1);
        reopen();
        Path file = files(SegmentNames.INDEX).get(0);
        OffsetIndex whole = saved(file);
        OffsetIndex half = saved(file);
        half.resumeAt(half.place(half.size() / 2).position(), 0);
        Files.write(file, half.encode().array());
        assertReadsAt(A_SEGMENT - 1);
        assertThat(saved(file).encode()).isEqualTo(whole.encode());
    }

    @Test
    void leftoversOfIndexes_areRemovedWhenTheTopicIsOpened() throws Exception {
        fill(1);
        Path topic = log.state().directory();
        store.close();
        Files.writeString(topic.resolve("00000000000000000000.index.7.tmp"), "half");
        Files.writeString(topic.resolve("00000000000000000900.index"), "of no segment");
        open();
        assertThat(files(".tmp")).isEmpty();
        assertThat(files(SegmentNames.INDEX))
                .containsExactly(topic.resolve("00000000000000000000.index"));
    }

    @Test
    void indexesOfSealedSegments_areKeptInMemoryForTheLastOnesOnly() {
        log = store.openOrCreate("many", CONFIG.withSegmentMaxRecords(40));
        fill(100);
        long kept = log.state().segments().sealed().stream()
                .filter(segment -> segment.loadedIndex() != null)
                .count();
        assertThat(log.state().segments().sealed()).hasSizeGreaterThan(90);
        assertThat(kept).isLessThanOrEqualTo(64);
    }
}
