package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.record.LogRecord;
import io.lignum.record.ProducerStamp;
import io.lignum.record.StoredRecord;
import io.lignum.storage.sim.PowerCut;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.StreamSupport;

/**
 * A log that lacks what its leader has trimmed goes on further up. Crashes in it:
 * CrashAtEveryIoTest.
 */
class RestartTest {

    private final Simulation simulation = new Simulation(5);
    private LogStore store;
    private TopicLog log;

    @BeforeEach
    void open() {
        store = simulation.open();
        log = store.createTopic("t", TopicConfig.DEFAULT.withSegmentMaxRecords(4));
    }

    private void append(int count) {
        for (int i = 0; i < count; i++) {
            simulation.run(log.appendAsync(LogRecord.of("r" + log.logEndOffset())));
        }
    }

    private void startAt(long offset) {
        simulation.run(log.admin().startAt(offset));
    }

    private List<Long> offsets() {
        return StreamSupport.stream(log.read(log.logStartOffset()).spliterator(), false)
                .map(StoredRecord::offset)
                .toList();
    }

    private List<String> segments() throws Exception {
        return simulation.disk.list(log.state().directory()).stream()
                .filter(name -> name.endsWith(".log") || name.endsWith(".qwal"))
                .toList();
    }

    private void assertEmptyAt(long offset) {
        assertThat(log.logStartOffset()).isEqualTo(offset);
        assertThat(log.logEndOffset()).isEqualTo(offset);
        assertThat(log.readableEndOffset()).isEqualTo(offset);
        assertThat(log.flushedOffset()).isEqualTo(offset);
        assertThat(log.lastEpoch()).isEmpty();
        assertThat(log.sizeInBytes()).isZero();
        assertThat(log.segmentCount()).isEqualTo(1);
    }

    @Test
    void log_isEmptyAtTheOffset_alsoAfterAReopen_andStampedBatchesGoOn() throws Exception {
        log.lead(3);
        append(10);
        startAt(100);
        assertEmptyAt(100);
        assertThat(segments()).containsExactly("00000000000000000100.qwal");
        simulation.close(store);
        store = simulation.open();
        log = store.topic("t");
        assertEmptyAt(100);
        log.follow();
        assertThat(log.epoch()).isZero();
        simulation.run(log.appendStamped(LogRoleTest.stamped(100, 2, 3)));
        assertThatThrownBy(() -> log.appendStamped(LogRoleTest.stamped(110, 2, 3)))
                .isInstanceOf(StorageException.EndOffsetMismatch.class);
        assertThat(offsets()).containsExactly(100L, 101L, 102L);
        assertThat(log.epochEnd(2)).isEqualTo(new EpochEnd(2, 103));
    }

    @Test
    void offsetAtTheEnd_emptiesTheLog() throws Exception {
        append(3);
        startAt(3);
        assertEmptyAt(3);
        startAt(3);
        assertEmptyAt(3);
        append(5);
        startAt(8); // Where an empty segment starts.
        assertEmptyAt(8);
        append(1);
        assertThat(offsets()).containsExactly(8L);
        simulation.crash(true);
        store = simulation.open();
        log = store.topic("t");
        assertThat(offsets()).containsExactly(8L);
    }

    @Test
    void offsetBelowTheEnd_emptiesTheLog_also() throws Exception {
        for (long offset : List.of(5L, 4L, 0L)) {
            append(6);
            startAt(offset);
            assertEmptyAt(offset);
            assertThat(segments()).hasSize(1);
            append(6);
            simulation.crash(true);
            store = simulation.open();
            log = store.topic("t");
            assertThat(offsets()).hasSize(6).startsWith(offset);
        }
    }

    @Test
    void offsetBelowTheEndAndTheHighWatermark_isRefused() {
        append(6);
        log.resetHighWatermark(OptionalLong.of(3));
        assertThatThrownBy(() -> startAt(2))
                .isInstanceOf(StorageException.BelowHighWatermark.class);
        assertThat(log.logEndOffset()).isEqualTo(6);
        startAt(3);
        assertEmptyAt(3);
        assertThat(log.highWatermark()).hasValue(3);
    }

    @Test
    void allThatWasInTheLog_isSavedAside() throws Exception {
        append(10);
        byte[] all = allBytes(3);
        simulation.run(log.admin().trim(3));
        startAt(100);
        assertThat(sideFiles()).containsExactly(all);
        append(2);
        byte[] more = allBytes(100);
        startAt(20);
        assertThat(sideFiles()).containsExactlyInAnyOrder(all, more);
        startAt(30);
        assertThat(sideFiles()).hasSize(2);
    }

    @Test
    void ofALogWithAHighWatermark_whatIsNotCommittedIsSavedAside() throws Exception {
        append(10);
        log.resetHighWatermark(OptionalLong.of(6));
        byte[] all = allBytes(6);
        startAt(100);
        assertThat(sideFiles()).containsExactly(all);
    }

    @Test
    void crashOnTheWayBack_leavesAPartOfWhatWas_orNothing() throws Exception {
        for (boolean power : List.of(true, false)) {
            boolean done = false;
            for (int k = 1; !done; k++) {
                Simulation crashing = new Simulation(k);
                LogStore one = crashing.open();
                TopicLog t = one.createTopic("t", TopicConfig.DEFAULT.withSegmentMaxRecords(4));
                for (int i = 0; i < 6; i++) {
                    crashing.run(t.appendAsync(LogRecord.of("r" + i)));
                }
                crashing.disk.cutPowerAt(k);
                try {
                    crashing.run(t.admin().startAt(2));
                    done = true;
                } catch (PowerCut cut) {
                    assertThat(crashing.disk.isDead()).isTrue();
                }
                crashing.crash(power);
                TopicLog after = crashing.open().topic("t");
                // Empty at 6 it would be a leader whose followers throw away what is below.
                long start = after.logStartOffset();
                assertThat(start).as("crash at %d", k).isIn(0L, 2L);
                long end = after.logEndOffset();
                assertThat(end).as("crash at %d", k).isBetween(2L, start == 0 ? 6L : 2L);
                if (end < 6) {
                    assertThat(crashing.disk.contents(
                                    Simulation.DIRECTORY.resolve("divergent/" + after.id())))
                            .hasSize(1);
                }
                crashing.run(after.appendAsync(LogRecord.of("more")));
            }
        }
    }

    private byte[] allBytes(long from) {
        var bytes = new java.io.ByteArrayOutputStream();
        try (LogCursor cursor = log.replicationCursor(from)) {
            while (cursor.next()) {
                byte[] one = new byte[cursor.batch().sizeInBytes()];
                var slice = cursor.batch().slice();
                slice.get(slice.position(), one);
                bytes.writeBytes(one);
            }
        }
        return bytes.toByteArray();
    }

    private List<byte[]> sideFiles() {
        return simulation.disk.contents(
                Simulation.DIRECTORY.resolve("divergent").resolve(log.id().toString()));
    }

    @Test
    void highWatermark_isRaisedIfThereIsOne() {
        append(2);
        startAt(5);
        assertThat(log.highWatermark()).isEmpty();
        log.resetHighWatermark(OptionalLong.of(2));
        startAt(7);
        assertThat(log.highWatermark()).hasValue(7);
        log.advanceHighWatermark(20);
        startAt(9);
        assertThat(log.highWatermark()).hasValue(20);
        simulation.crash(true);
        store = simulation.open();
        assertThat(store.topic("t").highWatermark()).hasValue(20);
    }

    @Test
    void producers_areForgotten() {
        AppendOptions second = AppendOptions.from(new ProducerStamp(4, (short) 0, 2));
        simulation.run(log.appendAsync(
                LogRecordLists.same(2), AppendOptions.from(new ProducerStamp(4, (short) 0, 0))));
        startAt(50);
        assertThatThrownBy(() -> log.appendAsync(LogRecordLists.same(2), second))
                .isInstanceOf(StorageException.UnknownProducer.class);
    }

    @Test
    void readersOfRemovedRecords_getAnError_andWaitersWake() {
        append(9);
        CompletableFuture<Long> waiting = log.awaitReadable(9);
        try (LogCursor cursor = log.cursor(0);
                LogCursor atTheEnd = log.cursor(9);
                LogCursor replication = log.replicationCursor(9)) {
            assertThat(cursor.next()).isTrue();
            startAt(20);
            for (LogCursor one : List.of(cursor, atTheEnd, replication)) {
                assertThatThrownBy(one::next).isInstanceOf(StorageException.OffsetOutOfRange.class);
            }
            append(1);
            assertThatThrownBy(cursor::next).isInstanceOf(StorageException.OffsetOutOfRange.class);
            cursor.seek(20);
            assertThat(cursor.next()).isTrue();
        }
        assertThat(waiting).isCompletedWithValue(20L);
    }

    @Test
    void appendsQueuedBehind_fail() {
        append(2);
        CompletableFuture<Void> start = log.admin().startAt(10);
        CompletableFuture<Long> behind = log.appendAsync(LogRecord.of("x"));
        simulation.environment.run();
        assertThat(start).isCompleted();
        assertThatThrownBy(behind::join)
                .hasCauseInstanceOf(StorageException.EndOffsetMismatch.class);
        append(1);
        assertThat(offsets()).containsExactly(10L);
    }

    @Test
    void fullDisk_leavesTheLogAsItWas() {
        append(5);
        simulation.disk.limitCapacity(simulation.disk.usedBytes());
        assertThatThrownBy(() -> startAt(9)).isInstanceOf(StorageException.DiskFull.class);
        assertThat(offsets()).hasSize(5);
        simulation.disk.limitCapacity(Long.MAX_VALUE / 2);
        simulation.tick(store, java.time.Duration.ofSeconds(20));
        append(1);
        startAt(9);
        assertEmptyAt(9);
    }

    /**
     * Else a crash could leave two topics of that name, and the store could not be opened any more.
     */
    @Test
    void nameOfATopicThatIsBeingDeleted_isFreeOnceThatIsDurable() {
        Simulation simulation = new Simulation(5);
        LogStore store = simulation.open();
        store.createTopic("t", TopicConfig.DEFAULT);
        CompletableFuture<Void> deleted = store.deleteTopicAsync("t");
        assertThatThrownBy(() -> store.createTopic("t", TopicConfig.DEFAULT))
                .isInstanceOf(StorageException.TopicExists.class);
        simulation.run(deleted);
        UUID again = store.createTopic("t", TopicConfig.DEFAULT).id();
        simulation.crash(true);
        assertThat(simulation.open().topic("t").id()).isEqualTo(again);
    }
}
