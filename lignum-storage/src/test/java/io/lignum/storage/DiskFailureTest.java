package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lignum.record.LogRecord;
import io.lignum.storage.sim.IoKind;
import io.lignum.storage.sim.SimulatedDisk;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** A full disk is survived; a failed one ends the log, and nothing is claimed that is not so. */
class DiskFailureTest {

    private static final Duration SECOND = Duration.ofSeconds(2);

    private final Simulation simulation = new Simulation(3);
    private final SimulatedDisk disk = simulation.disk;
    private LogStore store = simulation.open();
    private TopicLog log = store.createTopic("t", TopicConfig.DEFAULT);

    private CompletableFuture<Long> send(String text) {
        return log.appendAsync(LogRecord.of(text));
    }

    private static void assertFails(
            CompletableFuture<?> future, Class<? extends StorageException> kind, Outcome outcome) {
        StorageException failure =
                catchThrowableOfType(StorageException.class, () -> LogAdmin.await(future));
        assertThat(failure).isInstanceOf(kind);
        assertThat(failure.outcome()).isEqualTo(outcome);
    }

    @Test
    void fullDisk_refusesDefinitely_readsGoOn_andAppendsResumeWhenThereIsSpace() {
        assertThat(simulation.run(send("before"))).isEqualTo(0);
        disk.limitCapacity(disk.usedBytes() + 50); // a part of the next batch fits
        CompletableFuture<Long> refused = send("the disk is full for this one");
        CompletableFuture<Long> behind = send("and for this");
        simulation.environment.run();
        assertFails(refused, StorageException.DiskFull.class, Outcome.NOT_APPLIED);
        assertFails(behind, StorageException.DiskFull.class, Outcome.NOT_APPLIED);
        assertThat(store.status().full()).isTrue();
        assertThat(LogStoreTest.texts(log)).containsExactly("before");
        assertThatThrownBy(() -> send("refused at once"))
                .isInstanceOf(StorageException.DiskFull.class);
        assertThatThrownBy(() -> store.createTopic("u", TopicConfig.DEFAULT))
                .isInstanceOf(StorageException.DiskFull.class);
        disk.limitCapacity(Long.MAX_VALUE / 2);
        simulation.tick(store, SECOND);
        assertThat(simulation.run(send("after"))).isEqualTo(1);
        simulation.crash(true);
        log = simulation.open().topic("t");
        assertThat(LogStoreTest.texts(log)).containsExactly("before", "after");
    }

    /** With the same id, as nodes of a cluster do; the disk is full at each possible step. */
    @Test
    void topicThatThereWasNoSpaceFor_canBeCreatedLater() {
        UUID id = new UUID(7, 7);
        for (int spaceBytes = 0; spaceBytes < 400; spaceBytes += 20) {
            disk.limitCapacity(disk.usedBytes() + spaceBytes);
            try {
                store.createTopic("u", TopicConfig.DEFAULT, id);
                break;
            } catch (StorageException.DiskFull expected) {
                assertThat(store.findTopic("u")).isEmpty();
            }
            disk.limitCapacity(Long.MAX_VALUE / 2);
            simulation.tick(store, SECOND);
        }
        assertThat(store.topic("u").id()).isEqualTo(id);
        simulation.crash(true);
        assertThat(simulation.open().topic("u").id()).isEqualTo(id);
    }

    @Test
    void freeSpaceBelowTheReserve_refusesAppends_beforeTheDiskIsFull() {
        simulation.close(store);
        store = simulation.open(
                Simulation.CONFIG.toBuilder().reserveBytes(10_000).build());
        log = store.topic("t");
        simulation.run(send("one"));
        disk.limitCapacity(disk.usedBytes() + 9_000);
        simulation.tick(store, SECOND);
        assertThatThrownBy(() -> send("two")).isInstanceOf(StorageException.DiskFull.class);
        simulation.run(log.admin().sealActive()); // there is space for the end of a segment
        assertThat(LogStoreTest.texts(log)).containsExactly("one");
        disk.limitCapacity(disk.usedBytes() + 90_000);
        simulation.tick(store, SECOND);
        assertThat(simulation.run(send("two"))).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = IoKind.class,
            names = {"WRITE", "FORCE"})
    void failedIo_leavesItsAppendsUnknown_andStopsTheStore(IoKind kind) {
        simulation.run(send("promised"));
        TopicLog other = store.createTopic("u", TopicConfig.DEFAULT);
        disk.failAt(kind, 1, new IOException("simulated: Input/output error"));
        CompletableFuture<Long> unknown = send("perhaps");
        simulation.environment.run();
        assertFails(unknown, StorageException.DiskFailed.class, Outcome.UNKNOWN);
        StorageException later =
                catchThrowableOfType(StorageException.class, () -> send("certainly not"));
        assertThat(later).isInstanceOf(StorageException.DiskFailed.class);
        assertThat(later.outcome()).isEqualTo(Outcome.NOT_APPLIED);
        assertThatThrownBy(() -> other.appendAsync(LogRecord.of("x")))
                .as("it is the disk of all")
                .isInstanceOf(StorageException.DiskFailed.class);
        assertThat(LogStoreTest.texts(log)).containsExactly("promised");
        simulation.close(store);
    }

    /**
     * Pages that failed to be written are clean in memory: seen after a restart, lost with the
     * power.
     */
    @ParameterizedTest
    @EnumSource(Durability.class)
    void whatAFailedForceLeftInMemory_isWrittenAgain_beforeItCounts(Durability durability) {
        store.alterTopic("t", TopicConfig.DEFAULT.withDurability(durability));
        simulation.run(send("promised"));
        disk.failAt(IoKind.FORCE, 1, new IOException("simulated: Input/output error"));
        CompletableFuture<?> unknown =
                durability == Durability.ALWAYS ? send("seen") : log.admin().flush();
        simulation.environment.run();
        assertThat(unknown.isCompletedExceptionally()).isTrue();
        simulation.crash(false);
        log = simulation.open().topic("t");
        long end = log.readableEndOffset();
        assertThat(end).isEqualTo(durability == Durability.ALWAYS ? 2 : 1);
        for (int i = 0; i < 5; i++) {
            simulation.crash(true);
            log = simulation.open().topic("t");
            assertThat(log.readableEndOffset()).isEqualTo(end);
        }
    }

    @Test
    void failedRename_whileSealing_stopsTheLog_andLosesNothing() {
        simulation.run(send("promised"));
        disk.failAt(IoKind.RENAME, 1, new IOException("simulated: Input/output error"));
        CompletableFuture<Void> sealed = log.admin().sealActive();
        simulation.environment.run();
        assertFails(sealed, StorageException.DiskFailed.class, Outcome.UNKNOWN);
        simulation.crash(true);
        log = simulation.open().topic("t");
        assertThat(LogStoreTest.texts(log)).containsExactly("promised");
    }

    @Test
    void failedRead_isReportedToItsReader_andHarmsNothing() {
        simulation.run(send("promised"));
        disk.failReads(1);
        assertThatThrownBy(() -> LogStoreTest.texts(log))
                .isInstanceOf(StorageException.DiskFailed.class);
        assertThat(LogStoreTest.texts(log)).containsExactly("promised");
        assertThat(simulation.run(send("next"))).isEqualTo(1);
    }
}
