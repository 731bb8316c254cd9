package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lignum.record.LogRecord;
import io.lignum.storage.internal.segment.SegmentManifest;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A copy of a log is given up only after a second look (R40), and the second look sees the truth.
 */
class ConfirmDamageTest {

    private static final TopicConfig TEN = TopicConfig.DEFAULT.withSegmentMaxRecords(10);

    @TempDir
    Path directory;

    private final FaultyDisk disk = new FaultyDisk();
    private LogStore store;
    private TopicLog log;

    @BeforeEach
    void open() {
        store = LogStore.open(directory, StoreConfig.DEFAULT, disk);
        log = store.openOrCreate("t", TEN);
        while (log.logEndOffset() < 35) {
            log.append(LogRecord.of("record"));
        }
    }

    @AfterEach
    void close() {
        disk.fault(FaultyDisk.NONE);
        store.close();
    }

    private Path segment(String name) {
        return log.state().directory().resolve(name);
    }

    private StorageException.CorruptLog readFrom(long offset) {
        StorageException.CorruptLog found =
                catchThrowableOfType(StorageException.CorruptLog.class, () -> {
                    try (LogCursor cursor = log.cursor(offset)) {
                        while (cursor.next()) {
                            assertThat(cursor.nextOffset()).isGreaterThan(offset);
                        }
                    }
                });
        assertThat(found).isNotNull();
        return found;
    }

    private Optional<StorageException.CorruptLog> confirm(StorageException.CorruptLog found)
            throws Exception {
        return log.admin().confirmDamage(found).get(10, TimeUnit.SECONDS);
    }

    /** What is read of a segment next has a bit flipped. */
    private void misread(String name, AtomicBoolean armed) {
        disk.fault(new FaultyDisk.Fault() {
            @Override
            public void before(FaultyDisk.Call call, Path path) {}

            @Override
            public void afterRead(Path path, ByteBuffer target, int from) {
                if (path.endsWith(name)
                        && target.position() > from
                        && armed.compareAndSet(true, false)) {
                    target.put(from + 30, (byte) (target.get(from + 30) ^ 1));
                }
            }
        });
    }

    private void flip(String name) throws IOException {
        byte[] bytes = Files.readAllBytes(segment(name));
        bytes[bytes.length / 2] ^= 1;
        Files.write(segment(name), bytes);
    }

    @Test
    void passingMisread_isNotConfirmed() throws Exception {
        store.close();
        open();
        misread("00000000000000000010.log", new AtomicBoolean(true));
        StorageException.CorruptLog found = readFrom(10);
        assertThat(confirm(found)).isEmpty();
        assertThat(LogStoreTest.texts(log)).hasSize(35);
    }

    @Test
    void realDamage_isConfirmed_ofASealedSegmentAndOfTheActiveOne() throws Exception {
        flip("00000000000000000010.log");
        assertThat(confirm(readFrom(10))).isPresent();
        flip("00000000000000000030.qwal");
        assertThat(confirm(readFrom(30))).isPresent();
    }

    @Test
    void missingSegment_isConfirmed() throws Exception {
        store.close();
        open();
        Files.delete(segment("00000000000000000020.log"));
        StorageException.CorruptLog found = readFrom(20);
        assertThat(found.file()).endsWith("00000000000000000020.log");
        assertThat(confirm(found)).isPresent();
    }

    @Test
    void damageThatWasTrimmed_isNotConfirmed() throws Exception {
        flip("00000000000000000010.log");
        StorageException.CorruptLog found = readFrom(10);
        log.trim(20);
        assertThat(confirm(found)).isEmpty();
    }

    @Test
    void segmentThatCannotBeReadNow_provesNothing() throws Exception {
        flip("00000000000000000010.log");
        StorageException.CorruptLog found = readFrom(10);
        disk.fault((call, path) -> {
            if (call == FaultyDisk.Call.READ) {
                throw new IOException("Input/output error, says the test");
            }
        });
        assertThatThrownBy(() -> confirm(found))
                .cause()
                .isInstanceOfSatisfying(
                        StorageException.DiskFailed.class,
                        e -> assertThat(e.outcome()).isEqualTo(Outcome.NOT_APPLIED));
    }

    @Test
    void closedTopic_isNotCalledDamaged() throws Exception {
        StorageException.CorruptLog found = new StorageException.CorruptLog(
                segment("00000000000000000010.log"), 0, "made by the test");
        store.deleteTopic("t");
        assertThatThrownBy(() -> confirm(found))
                .cause()
                .isInstanceOf(StorageException.Closed.class);
        log = store.createTopic("t", TEN);
    }

    @Test
    void openingThatMisreadsOnce_findsNoDamage() throws Exception {
        store.close();
        Files.delete(segment(SegmentManifest.NAME)); // so that the sealed segments are read
        misread("00000000000000000010.log", new AtomicBoolean(true));
        store = LogStore.open(directory, StoreConfig.DEFAULT, disk);
        log = store.topic("t");
        assertThat(log.damage()).isNull();
        assertThat(LogStoreTest.texts(log)).hasSize(35);
        assertThat(log.append(LogRecord.of("and on"))).isEqualTo(35);
    }

    /**
     * What was acknowledged and is above the checkpoint is no torn write because it was read
     * wrongly once.
     */
    @Test
    void openingThatMisreadsTheEndOnce_cutsNothing(@TempDir Path other) throws Exception {
        Path crashed = other.resolve("crashed");
        copy(directory, crashed);
        misread("00000000000000000030.qwal", new AtomicBoolean(true));
        try (LogStore again = LogStore.open(crashed, StoreConfig.DEFAULT, disk)) {
            disk.fault(FaultyDisk.NONE);
            assertThat(LogStoreTest.texts(again.topic("t"))).hasSize(35);
        }
    }

    /** As a crash leaves it: without the checkpoint of a close. */
    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    /** A topic whose copy is replaced is there all the time, and says so to who reads it. */
    @Test
    void topicThatIsRenewed_isFoundAtEveryIo_andItsReadersGetARetriableError() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        CompletableFuture<Long> waiting = log.awaitReadable(1_000);
        LogCursor cursor = log.cursor(0);
        disk.fault((call, path) -> {
            looks.incrementAndGet();
            assertThat(store.findTopic("t")).as(call + " of " + path).isPresent();
            assertThat(store.findTopic(log.id())).as(call + " of " + path).isPresent();
        });
        TopicLog renewed = store.renewTopicAsync(log).get(10, TimeUnit.SECONDS);
        disk.fault(FaultyDisk.NONE);
        assertThat(looks).hasPositiveValue();
        assertThat(store.topic("t")).isSameAs(renewed);
        assertThat(renewed.logEndOffset()).isZero();
        assertThatThrownBy(cursor::next).isInstanceOf(StorageException.Replaced.class);
        cursor.close();
        assertThatThrownBy(() -> waiting.get(10, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(StorageException.Replaced.class);
        log = renewed;
    }

    @Test
    void cursorAtTheEndOfATrimmedSegment_goesOnAtTheLogStart() {
        try (LogCursor cursor = log.cursor(0)) {
            cursor.stopAt(10);
            while (cursor.next()) {
                assertThat(cursor.nextOffset()).isLessThanOrEqualTo(10);
            }
            log.trim(10);
            cursor.stopAt(Long.MAX_VALUE);
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.batch().baseOffset()).isEqualTo(10);
        }
    }
}
