package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.record.Compression;
import io.lignum.record.LogRecord;
import io.lignum.record.ProducerStamp;
import io.lignum.record.RecordBatch;
import io.lignum.record.RecordBatchBuilder;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * Who may append to a log: a leader's clients, or the leader's batches. Never both, and never with
 * a lower epoch (R10, V2).
 */
class LogRoleTest {

    private final Simulation simulation = new Simulation(7);
    private LogStore store;
    private TopicLog log;

    @BeforeEach
    void open() {
        store = simulation.open();
        log = store.createTopic("t", TopicConfig.DEFAULT);
    }

    static ByteBuffer stamped(long base, int epoch, int count) {
        ByteBuffer batch =
                RecordBatchBuilder.build(LogRecordLists.same(count), Compression.NONE, 1_000);
        RecordBatch.at(batch, 0).stamp(base, epoch);
        return batch;
    }

    private long append() {
        return simulation.run(log.appendAsync(LogRecord.of("x")));
    }

    private void appendStamped(long base, int epoch, int count) {
        Appended appended = simulation.run(log.appendStamped(stamped(base, epoch, count)));
        assertThat(appended).isEqualTo(new Appended(base, count, false));
    }

    private int epochAt(long offset) {
        try (LogCursor cursor = log.cursor(offset)) {
            assertThat(cursor.next()).isTrue();
            return cursor.batch().epoch();
        }
    }

    @Test
    void logThatNeverHadARole_isLedAtTheEpochOfItsLastBatch() {
        assertThat(log.epoch()).isZero();
        append();
        assertThat(log.lead(4)).isEqualTo(1);
        append();
        assertThat(log.lead(9)).isEqualTo(2);
        simulation.close(store);
        store = simulation.open();
        log = store.topic("t");
        assertThat(log.epoch()).isEqualTo(4);
        append();
        assertThat(epochAt(0)).isZero();
        assertThat(epochAt(2)).isEqualTo(4);
        assertThatThrownBy(() -> log.appendStamped(stamped(3, 5, 1)))
                .isInstanceOf(StorageException.NotFollowing.class);
        assertThat(log.logEndOffset()).isEqualTo(3);
    }

    @Test
    void lead_stampsLocalAppendsFromThatOffsetOn() {
        List<CompletableFuture<Long>> before =
                List.of(log.appendAsync(LogRecord.of("a")), log.appendAsync(LogRecord.of("b")));
        assertThat(log.lead(3)).isEqualTo(2);
        CompletableFuture<Long> after = log.appendAsync(LogRecord.of("c"));
        assertThat(simulation.run(after)).isEqualTo(2);
        assertThat(before).allMatch(CompletableFuture::isDone);
        assertThat(epochAt(1)).isZero();
        assertThat(epochAt(2)).isEqualTo(3);
        assertThat(log.epochEnd(2)).isEqualTo(new EpochEnd(0, 2));
    }

    @Test
    void epochBelowTheLastBatch_cannotBeLed() {
        log.lead(5);
        append();
        assertThatThrownBy(() -> log.lead(4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("epoch is 4");
        assertThat(log.lead(5)).isEqualTo(1);
    }

    @Test
    void logThatFollows_refusesEveryLocalAppend_andKeepsWhatIsQueued() {
        CompletableFuture<Long> queued = log.appendAsync(LogRecord.of("x"));
        log.follow();
        ProducerStamp producer = new ProducerStamp(1, (short) 0, 0);
        List<LogRecord> records = LogRecordLists.same(2);
        ByteBuffer built = RecordBatchBuilder.build(records, Compression.NONE, 1);
        assertRefused(() -> log.appendAsync(LogRecord.of("y")));
        assertRefused(() -> log.append(LogRecord.of("y")));
        assertRefused(() -> log.appendAsync(records, AppendOptions.NONE));
        assertRefused(() -> log.appendAsync(records, AppendOptions.from(producer)));
        assertRefused(() -> log.appendAsync(built, AppendOptions.NONE));
        assertThat(simulation.run(queued)).isZero();
        appendStamped(1, 2, 3);
        log.lead(3);
        assertThat(append()).isEqualTo(4);
    }

    private static void assertRefused(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable append) {
        assertThatThrownBy(append).isInstanceOfSatisfying(StorageException.NotLeading.class, e -> {
            assertThat(e.code()).isEqualTo(StorageException.Code.NOT_LEADING);
            assertThat(e.outcome()).isEqualTo(Outcome.NOT_APPLIED);
        });
    }

    @Test
    void repeatedBatch_isNotAnsweredByALogThatFollows() {
        AppendOptions options = AppendOptions.from(new ProducerStamp(1, (short) 0, 0));
        simulation.run(log.appendAsync(LogRecordLists.same(2), options));
        log.follow();
        assertThatThrownBy(() -> log.appendAsync(LogRecordLists.same(2), options))
                .isInstanceOfSatisfying(
                        StorageException.NotLeading.class,
                        e -> assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN));
    }

    @Test
    void expectedEpoch_isHeldAgainstTheEpochThatIsLed() {
        log.lead(2);
        AppendOptions second = AppendOptions.NONE.withExpectedEpoch(2);
        assertThat(simulation.run(log.appendAsync(LogRecord.of("x"), second))).isZero();
        log.lead(3);
        List<LogRecord> records = LogRecordLists.same(2);
        ByteBuffer built = RecordBatchBuilder.build(records, Compression.NONE, 1);
        assertRefused(() -> log.appendAsync(LogRecord.of("x"), second));
        assertRefused(() -> log.appendAsync(records, second));
        assertRefused(() -> log.appendAsync(built, second));
        AppendOptions third = AppendOptions.expecting(1).withExpectedEpoch(3);
        assertThat(simulation.run(log.appendAsync(records, third)).firstOffset())
                .isEqualTo(1);
        log.follow();
        assertRefused(() -> log.appendAsync(records, AppendOptions.NONE.withExpectedEpoch(3)));
    }

    @Test
    void singleRecords_withAnExpectedEpoch_shareABatch() {
        log.lead(1);
        AppendOptions options = AppendOptions.NONE.withExpectedEpoch(1);
        CompletableFuture<Long> first = log.appendAsync(LogRecord.of("a"), options);
        CompletableFuture<Long> second = log.appendAsync(LogRecord.of("b"), options);
        assertThat(simulation.run(first)).isZero();
        assertThat(simulation.run(second)).isEqualTo(1);
        try (LogCursor cursor = log.cursor(0)) {
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.batch().recordCount()).isEqualTo(2);
        }
    }

    @Test
    void singleRecord_withAProducer_isRecognisedWhenRepeated() {
        AppendOptions options = new AppendOptions(
                OptionalLong.of(0), new ProducerStamp(9, (short) 0, 0), OptionalInt.of(0));
        assertThat(simulation.run(log.appendAsync(LogRecord.of("x"), options))).isZero();
        assertThat(simulation.run(log.appendAsync(LogRecord.of("x"), options))).isZero();
        assertThat(log.logEndOffset()).isEqualTo(1);
    }

    @Test
    void stampedBatches_areHeldAgainstTheLastBatchOnly() {
        log.lead(7); // In which nothing was appended: a follower catches up with older epochs.
        log.follow();
        appendStamped(0, 2, 3);
        appendStamped(3, 2, 1);
        appendStamped(4, 5, 2);
        assertThatThrownBy(() -> log.appendStamped(stamped(6, 4, 1)))
                .isInstanceOf(StorageException.InvalidBatch.class)
                .hasMessageContaining("epoch 4");
        assertThatThrownBy(() -> log.appendStamped(stamped(7, 5, 1)))
                .isInstanceOfSatisfying(
                        StorageException.EndOffsetMismatch.class,
                        e -> assertThat(e.actualEndOffset()).isEqualTo(6));
        assertThat(log.epoch()).isEqualTo(5);
        assertThat(log.lastEpoch()).hasValue(5);
    }

    @Test
    void stampedBatch_isRefusedByALogThatIsLed() {
        log.lead(3);
        assertThatThrownBy(() -> log.appendStamped(stamped(0, 9, 1)))
                .isInstanceOfSatisfying(StorageException.NotFollowing.class, e -> {
                    assertThat(e.outcome()).isEqualTo(Outcome.NOT_APPLIED);
                });
        assertThat(log.lead(3)).isZero();
    }

    @Test
    void epochsThatWereCut_mayComeAgainLower() {
        log.follow();
        appendStamped(0, 2, 2);
        appendStamped(2, 6, 2);
        simulation.run(log.admin().truncate(2));
        appendStamped(2, 3, 2);
        assertThat(log.lead(4)).isEqualTo(4);
        assertThat(append()).isEqualTo(4);
        assertThat(epochAt(4)).isEqualTo(4);
    }
}
