package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lignum.record.LogRecord;
import io.lignum.record.ProducerStamp;
import io.lignum.storage.internal.segment.ProducerWindow;
import io.lignum.storage.sim.IoKind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A repeat has the fate of its first copy: it is never said not to be in the log while that copy
 * is.
 */
class RefusedRepeatTest {

    private static final int SPARE_BYTES = 50;

    private final Simulation simulation = new Simulation(11);
    private LogStore store = simulation.open();
    private TopicLog log = store.createTopic("t", TopicConfig.DEFAULT);

    private CompletableFuture<Appended> send(int sequence) {
        ProducerStamp stamp = new ProducerStamp(5, (short) 0, sequence);
        return log.appendAsync(List.of(LogRecord.of("r" + sequence)), AppendOptions.from(stamp));
    }

    private void fillTheDisk() {
        simulation.disk.limitCapacity(simulation.disk.usedBytes() + SPARE_BYTES);
    }

    @ParameterizedTest
    @EnumSource(Durability.class)
    void repeatInARound_thatMeetsAFullDisk_isAcknowledged(Durability durability) {
        store.alterTopic("t", TopicConfig.DEFAULT.withDurability(durability));
        simulation.run(send(0));
        fillTheDisk();
        CompletableFuture<Long> refused =
                log.appendAsync(LogRecord.of("the disk is full for this"));
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
    void repeatWhileAppendsAreRefusedForWantOfSpace_isAcknowledged() {
        simulation.run(send(0));
        fillTheDisk();
        CompletableFuture<Long> refused =
                log.appendAsync(LogRecord.of("the disk is full for this"));
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

    private StorageException refused(ProducerStamp stamp) {
        return catchThrowableOfType(
                StorageException.class,
                () -> log.appendAsync(List.of(LogRecord.of("x")), AppendOptions.from(stamp)));
    }

    /** Seventeen batches are one more than are remembered. */
    @Test
    void repeatTooOldToBeRemembered_isNotSaidToBeMissing_andAGapIs() {
        for (int i = 0; i < 17; i++) {
            simulation.run(send(i));
        }
        StorageException old = refused(new ProducerStamp(5, (short) 0, 0));
        assertThat(old).isInstanceOf(StorageException.OutOfOrderSequence.class);
        assertThat(old.outcome()).isEqualTo(Outcome.UNKNOWN);
        StorageException gap = refused(new ProducerStamp(5, (short) 0, 18));
        assertThat(gap).isInstanceOf(StorageException.OutOfOrderSequence.class);
        assertThat(gap.outcome()).isEqualTo(Outcome.NOT_APPLIED);
        StorageException newEpoch = refused(new ProducerStamp(5, (short) 1, 3));
        assertThat(newEpoch).isInstanceOf(StorageException.OutOfOrderSequence.class);
        assertThat(newEpoch.outcome()).isEqualTo(Outcome.NOT_APPLIED);
    }

    @Test
    void sequencesBeforeAWrap_areBelow_andThoseBehindItAbove() {
        assertThat(ProducerWindow.isBelow(Integer.MAX_VALUE - 3, 5)).isTrue();
        assertThat(ProducerWindow.isBelow(7, 5)).isFalse();
        assertThat(ProducerWindow.isBelow(5, Integer.MAX_VALUE - 3)).isFalse();
    }

    /** Its first copy may have come in before the higher epoch did. */
    @Test
    void repeatOfAFencedProducer_isNotSaidToBeMissing() {
        simulation.run(send(0));
        simulation.run(log.appendAsync(
                List.of(LogRecord.of("of the next epoch")),
                AppendOptions.from(new ProducerStamp(5, (short) 1, 0))));
        StorageException fenced = refused(new ProducerStamp(5, (short) 0, 0));
        assertThat(fenced).isInstanceOf(StorageException.ProducerFenced.class);
        assertThat(fenced.outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void repeatOfAForgottenProducer_isNotSaidToBeMissing() {
        StoreConfig one = Simulation.CONFIG.toBuilder().maxProducers(1).build();
        simulation.close(store);
        store = simulation.open(one);
        log = store.topic("t");
        simulation.run(send(0));
        simulation.run(send(1));
        simulation.run(log.appendAsync(
                List.of(LogRecord.of("of another")),
                AppendOptions.from(new ProducerStamp(6, (short) 0, 0))));
        StorageException forgotten = refused(new ProducerStamp(5, (short) 0, 1));
        assertThat(forgotten).isInstanceOf(StorageException.UnknownProducer.class);
        assertThat(forgotten.outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    private StorageException failureOf(CompletableFuture<?> ended) {
        return catchThrowableOfType(StorageException.class, () -> LogAdmin.await(ended));
    }

    /** The leader's log, which begins further up, may have had the first copy. */
    @Test
    void repeatQueuedBehindAnotherStart_isNotSaidToBeMissing_andWhatIsNewIs() {
        simulation.run(send(0));
        CompletableFuture<Void> started = log.admin().startAt(100);
        CompletableFuture<Appended> repeat = send(0);
        CompletableFuture<Appended> fresh = send(1);
        CompletableFuture<Appended> repeatOfFresh = send(1);
        simulation.environment.run();
        assertThat(started).isCompleted();
        assertThat(failureOf(repeat)).isInstanceOf(StorageException.EndOffsetMismatch.class);
        assertThat(failureOf(repeat).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(failureOf(fresh).outcome()).isEqualTo(Outcome.NOT_APPLIED);
        assertThat(failureOf(repeatOfFresh).outcome()).isEqualTo(Outcome.NOT_APPLIED);
    }

    @Test
    void repeatOfABatchThatIsCut_isNotSaidToBeMissing_andOneBelowIsAcknowledged() {
        simulation.run(send(0));
        simulation.run(send(1));
        CompletableFuture<TruncateResult> cut = log.admin().truncate(1);
        CompletableFuture<Appended> below = send(0);
        CompletableFuture<Appended> above = send(1);
        simulation.environment.run();
        assertThat(cut).isCompleted();
        assertThat(below).isCompletedWithValue(new Appended(0, 1, true));
        assertThat(failureOf(above).outcome()).isEqualTo(Outcome.UNKNOWN);
    }
}
