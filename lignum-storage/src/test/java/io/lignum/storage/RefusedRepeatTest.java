package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lignum.record.LogRecord;
import io.lignum.record.ProducerStamp;
import io.lignum.storage.sim.IoKind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A repeat has the fate of its first copy: it is never said not to be in the log while that copy is. */
class RefusedRepeatTest {

    private static final int ROOM = 50;

    private final Simulation simulation = new Simulation(11);
    private LogStore store = simulation.open();
    private TopicLog log = store.createTopic("t", TopicConfig.DEFAULT);

    private CompletableFuture<Appended> send(int sequence) {
        ProducerStamp stamp = new ProducerStamp(5, (short) 0, sequence);
        return log.appendAsync(List.of(LogRecord.of("r" + sequence)), AppendOptions.from(stamp));
    }

    private void fillTheDisk() {
        simulation.disk.limitCapacity(simulation.disk.usedBytes() + ROOM);
    }

    @ParameterizedTest
    @EnumSource(Durability.class)
    void repeatInARound_thatMeetsAFullDisk_isAcknowledged(Durability durability) {
        store.alterTopic("t", TopicConfig.DEFAULT.withDurability(durability));
        simulation.run(send(0));
        fillTheDisk();
        CompletableFuture<Long> refused =
                log.appendAsync(LogRecord.of("there is no room for this"));
        CompletableFuture<Appended> repeat = send(0);
        simulation.environment.run();
        assertThatThrownBy(() -> LogAdmin.await(refused))
                .isInstanceOf(StorageException.DiskFull.class);
        assertThat(repeat).isCompletedWithValue(new Appended(0, 1, true));
    }

    @Test
    void repeatOfABatchOfTheSameRound_whichIsRefused_isRefusedWithIt() {
        fillTheDisk();
        CompletableFuture<Appended> first = send(0);
        CompletableFuture<Appended> repeat = send(0);
        simulation.environment.run();
        for (CompletableFuture<Appended> one : List.of(first, repeat)) {
            StorageException failure = catchThrowableOfType(
                    StorageException.DiskFull.class, () -> LogAdmin.await(one));
            assertThat(failure.outcome()).isEqualTo(Outcome.NOT_APPLIED);
        }
        assertThat(log.logEndOffset()).isZero();
    }

    @Test
    void repeatWhileAppendsAreRefusedForWantOfRoom_isAcknowledged() {
        simulation.run(send(0));
        fillTheDisk();
        CompletableFuture<Long> refused =
                log.appendAsync(LogRecord.of("there is no room for this"));
        simulation.environment.run();
        assertThat(refused).isCompletedExceptionally();
        assertThatThrownBy(() -> send(1)).isInstanceOf(StorageException.DiskFull.class);
        assertThat(simulation.run(send(0)).duplicate()).isTrue();
    }

    @Test
    void repeatWhileTooMuchIsPending_waitsForItsFirstCopy() {
        StoreConfig small = Simulation.CONFIG.toBuilder()
                .maxRecordBytes(1024)
                .maxBatchBytes(8192)
                .maxPendingBytes(8192)
                .build();
        simulation.close(store);
        store = simulation.open(small);
        log = store.topic("t");
        CompletableFuture<Appended> first = send(0);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100; i++) {
                        var unused = log.appendAsync(LogRecord.of("x".repeat(500)));
                    }
                })
                .isInstanceOf(StorageException.Overloaded.class);
        CompletableFuture<Appended> repeat = send(0);
        simulation.environment.run();
        assertThat(first).isCompletedWithValue(new Appended(0, 1, false));
        assertThat(repeat).isCompletedWithValue(new Appended(0, 1, true));
        assertThat(store.status().pendingBytes()).isZero();
    }

    private void assertNotSaidToBeMissing(Class<? extends StorageException> kind) {
        StorageException ofRepeat = catchThrowableOfType(StorageException.class, () -> send(0));
        assertThat(ofRepeat).isInstanceOf(kind);
        assertThat(ofRepeat.outcome()).isEqualTo(Outcome.UNKNOWN);
        StorageException ofNew = catchThrowableOfType(StorageException.class, () -> send(1));
        assertThat(ofNew).isInstanceOf(kind);
        assertThat(ofNew.outcome()).isEqualTo(Outcome.NOT_APPLIED);
    }

    @Test
    void repeatToALogThatFollowsNow_isNotSaidToBeMissing() {
        simulation.run(send(0));
        log.follow();
        assertNotSaidToBeMissing(StorageException.NotLeading.class);
    }

    @Test
    void repeatToAClosedStore_isNotSaidToBeMissing() {
        simulation.run(send(0));
        simulation.close(store);
        assertNotSaidToBeMissing(StorageException.Closed.class);
    }

    @Test
    void repeatOfABatchWithUnknownOutcome_isNotSaidToBeMissing() {
        simulation.disk.failAt(IoKind.FORCE, 1, new IOException("simulated: Input/output error"));
        CompletableFuture<Appended> unknown = send(0);
        simulation.environment.run();
        assertThat(unknown).isCompletedExceptionally();
        assertNotSaidToBeMissing(StorageException.DiskFailed.class);
    }

    @Test
    void repeatQueuedBehindAClose_isAcknowledged() {
        simulation.run(send(0));
        CompletableFuture<Void> closing = store.closeAsync();
        CompletableFuture<Appended> repeat = send(0);
        CompletableFuture<Appended> refused = send(1);
        simulation.environment.run();
        assertThat(closing).isCompleted();
        assertThat(repeat).isCompletedWithValue(new Appended(0, 1, true));
        assertThatThrownBy(() -> LogAdmin.await(refused))
                .isInstanceOf(StorageException.Closed.class);
    }
}
