package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lignum.record.LogRecord;
import io.lignum.storage.internal.segment.SegmentNames;
import io.lignum.storage.internal.segment.SideFiles;
import io.lignum.storage.internal.segment.TailRepair;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

/**
 * A disk without a free byte: operations that free space work, existing records are served, and
 * nothing accumulates.
 */
class FullDiskTest {

    private static final Duration SECOND = Duration.ofSeconds(2);

    private final Simulation simulation = new Simulation(7);

    private TopicLog topicOf(LogStore store, Durability durability, int records) {
        TopicLog log = store.openOrCreate(
                "t", TopicConfig.DEFAULT.withDurability(durability).withSegmentMaxRecords(10));
        for (int i = 0; i < records; i++) {
            simulation.run(log.appendAsync(LogRecord.of("message " + i)));
        }
        return log;
    }

    private void fill() {
        simulation.disk.limitCapacity(simulation.disk.usedBytes());
    }

    private void freeSpace() {
        simulation.disk.limitCapacity(1 << 30);
    }

    private Path directory(TopicLog log) {
        return Simulation.DIRECTORY.resolve(log.id().toString());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void trimOnAFullDisk_makesSpaceForAppendsAndHoldsAfterACrash(boolean powerIsLost) {
        LogStore store = simulation.open();
        TopicLog log = topicOf(store, Durability.ALWAYS, 55);
        fill();
        assertThatThrownBy(() -> appendMuch(log)).isInstanceOf(StorageException.DiskFull.class);
        simulation.run(log.admin().trim(30));
        assertThat(log.logStartOffset()).isEqualTo(30);
        simulation.tick(store, SECOND);
        simulation.run(log.appendAsync(LogRecord.of("the disk has space")));
        simulation.crash(powerIsLost);
        TopicLog reopened = simulation.open().topic("t");
        assertThat(reopened.logStartOffset()).isEqualTo(30);
        assertThat(reopened.logEndOffset()).isEqualTo(56);
        assertThat(reopened.read(30)).hasSize(26);
    }

    /** More than the zeros that may be written ahead. */
    private void appendMuch(TopicLog log) {
        for (int i = 0; i < 1000; i++) {
            simulation.run(log.appendAsync(LogRecord.of("x".repeat(10_000))));
        }
    }

    @Test
    void trimOfATopicWithoutACheckpointOnAFullDisk_isRefusedForThatReason_andWorksWithSpace() {
        LogStore store = simulation.open();
        TopicLog log = topicOf(store, Durability.ALWAYS, 5);
        fill();
        StorageException.DiskFull refused = catchThrowableOfType(
                StorageException.DiskFull.class,
                () -> simulation.run(log.admin().trim(3)));
        assertThat(refused.outcome()).isEqualTo(Outcome.NOT_APPLIED);
        assertThat(refused)
                .hasMessageContaining("has no space for this change: ")
                .hasMessageContaining("there is no space for the first ")
                .hasMessageNotContaining("appends");
        assertThat(log.logStartOffset()).isZero();
        freeSpace();
        simulation.run(log.admin().trim(3));
        simulation.crash(true);
        assertThat(simulation.open().topic("t").logStartOffset()).isEqualTo(3);
    }

    @Test
    void trimOfATopicThatIsNotForced_worksOnAFullDiskUpToWhatIsForced() {
        LogStore store = simulation.open();
        TopicLog log = topicOf(store, Durability.OS, 55);
        simulation.run(log.admin().flush());
        fill();
        simulation.run(log.admin().trim(30));
        simulation.crash(true);
        assertThat(simulation.open().topic("t").logStartOffset()).isEqualTo(30);
    }

    @Test
    void segmentsThatWaitedToBeSealed_keepTheStartOfATrimOnAFullDisk() {
        LogStore store = simulation.open();
        TopicLog log = topicOf(store, Durability.OS, 35);
        simulation.run(log.admin().flush());
        topicOf(store, Durability.OS, 30);
        fill();
        simulation.run(log.admin().trim(30));
        freeSpace();
        simulation.tick(store, SECOND);
        simulation.run(log.admin().flush());
        simulation.crash(true);
        TopicLog reopened = simulation.open().topic("t");
        assertThat(reopened.logStartOffset()).isEqualTo(30);
        assertThat(reopened.read(30)).hasSize(35);
    }

    @Test
    void deletionOnAFullDisk_makesSpace() {
        LogStore store = simulation.open();
        topicOf(store, Durability.ALWAYS, 55);
        fill();
        long before = simulation.disk.usedBytes();
        simulation.run(store.deleteTopicAsync("t"));
        simulation.tick(store, SECOND);
        assertThat(simulation.disk.usedBytes()).isLessThan(before - 1000);
        simulation.tick(store, SECOND);
        topicOf(store, Durability.ALWAYS, 1);
    }

    @Test
    void startOnAFullDiskWithATornTail_servesRefusesAppendsAndSavesTheTailOnceThereIsSpace()
            throws IOException {
        TopicLog log = topicOf(simulation.open(), Durability.ALWAYS, 5);
        tear(log, 3000);
        fill();
        long used = simulation.disk.usedBytes();
        for (int start = 0; start < 3; start++) {
            LogStore full = simulation.open();
            TopicLog topic = full.topic("t");
            assertThat(topic.read(0)).hasSize(5);
            StorageException.DiskFull refused = catchThrowableOfType(
                    StorageException.DiskFull.class,
                    () -> simulation.run(topic.appendAsync(LogRecord.of("no"))));
            assertThat(refused.limit()).contains(new StorageException.Limit("reserveBytes", 0));
            assertThat(full.status().full()).isTrue();
            simulation.close(full);
        }
        assertThat(simulation.disk.usedBytes()).as("nothing piles up").isEqualTo(used);
        LogStore store = simulation.open();
        freeSpace();
        simulation.tick(store, SECOND);
        simulation.run(store.topic("t").appendAsync(LogRecord.of("yes")));
        assertThat(store.topic("t").read(0)).hasSize(6);
        assertThat(simulation.disk.contents(directory(log).resolve(TailRepair.DIRECTORY)))
                .hasSize(1)
                .allMatch(bytes -> bytes.length == 3000);
        simulation.crash(false);
        assertThat(simulation.open().topic("t").logEndOffset()).isEqualTo(6);
    }

    /** The process dies and leaves bytes of an unfinished write. */
    private void tear(TopicLog log, int bytes) throws IOException {
        simulation.crash(false);
        Path active = directory(log).resolve(SegmentNames.of(0, SegmentNames.ACTIVE));
        byte[] whole = simulation.disk.bytes(active);
        byte[] torn = Arrays.copyOf(whole, whole.length + bytes);
        Arrays.fill(torn, whole.length, torn.length, (byte) 7);
        simulation.disk.put(active, torn);
    }

    @Test
    void killedAgainAndAgain_keepsABoundedNumberOfTornTails() throws IOException {
        LogStore store = simulation.open();
        TopicLog log = topicOf(store, Durability.ALWAYS, 1);
        for (int i = 0; i < SideFiles.MAX_FILES + 5; i++) {
            simulation.run(store.topic("t").appendAsync(LogRecord.of("message of life " + i)));
            simulation.run(store.topic("t").admin().sealActive());
            simulation.crash(false);
            Path active = directory(log)
                    .resolve(SegmentNames.of(store.topic("t").logEndOffset(), SegmentNames.ACTIVE));
            simulation.disk.put(active, new byte[] {1, 2, 3});
            store = simulation.open();
        }
        assertThat(simulation.disk.contents(directory(log).resolve(TailRepair.DIRECTORY)))
                .hasSize(SideFiles.MAX_FILES);
    }

    @Test
    void logThatUsesTheReserve_takesAppendsBelowItUntilNothingIsLeft() {
        LogStore store = simulation.open(
                Simulation.CONFIG.toBuilder().reserveBytes(100_000).build());
        TopicLog control = topicOf(store, Durability.ALWAYS, 1);
        TopicLog other = store.openOrCreate("other");
        control.useReserve();
        simulation.disk.limitCapacity(simulation.disk.usedBytes() + 50_000);
        simulation.tick(store, SECOND);
        assertThatThrownBy(() -> simulation.run(other.appendAsync(LogRecord.of("refused"))))
                .isInstanceOf(StorageException.DiskFull.class);
        assertThatThrownBy(store::checkFreeSpace).isInstanceOf(StorageException.DiskFull.class);
        assertThat(simulation.run(control.appendAsync(LogRecord.of("delete a topic"))))
                .isEqualTo(1);
        assertThatThrownBy(() -> appendMuch(control)).isInstanceOf(StorageException.DiskFull.class);
    }

    /**
     * What a cluster deletes and trims it first writes to such a log, and then reads with its high
     * watermark.
     */
    @Test
    void logThatUsesTheReserve_needsNoByteOfTheDiskForItsNextRecords() {
        LogStore store = simulation.open();
        TopicLog control =
                store.createTopic("t", TopicConfig.DEFAULT.withDurability(Durability.ALWAYS));
        control.useReserve();
        simulation.run(control.appendAsync(LogRecord.of("before")));
        simulation.run(control.admin().checkpoint());
        for (int start = 0; start < 3; start++) {
            simulation.disk.limitCapacity(simulation.disk.usedBytes());
            simulation.tick(store, SECOND);
            for (int i = 0; i < 20; i++) {
                long offset = simulation.run(control.appendAsync(LogRecord.of("x".repeat(200))));
                control.advanceHighWatermark(offset + 1);
                simulation.run(control.admin().checkpoint());
            }
            assertThat(control.highWatermark()).hasValue(control.logEndOffset());
            long end = control.logEndOffset();
            if (start == 1) {
                simulation.crash(false);
            } else {
                simulation.close(store);
            }
            store = simulation.open();
            control = store.topic("t");
            assertThat(control.logEndOffset()).isEqualTo(end);
            assertThat(control.highWatermark()).hasValue(end);
            control.useReserve();
        }
    }

    @Test
    void closeOnAFullDisk_endsAndLosesNothing() {
        LogStore store = simulation.open();
        topicOf(store, Durability.INTERVAL, 55);
        fill();
        simulation.close(store);
        assertThat(simulation.open().topic("t").read(0)).hasSize(55);
    }
}
