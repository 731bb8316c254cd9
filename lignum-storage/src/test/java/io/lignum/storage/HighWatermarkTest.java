package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.record.LogRecord;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** What is committed bounds what is read, and is never cut. */
class HighWatermarkTest {

    private final Simulation simulation = new Simulation(5);
    private LogStore store;
    private TopicLog log;

    @BeforeEach
    void open() {
        store = simulation.open();
        log = store.createTopic("t", TopicConfig.DEFAULT);
        append(6);
    }

    private void append(int count) {
        for (int i = 0; i < count; i++) {
            simulation.run(log.appendAsync(LogRecord.of("r")));
        }
    }

    private void reopen() {
        store = simulation.open();
        log = store.topic("t");
    }

    private long read() {
        long at = log.logStartOffset();
        try (LogCursor cursor = log.cursor(at)) {
            while (cursor.next()) {
                at = cursor.nextOffset();
            }
        }
        return at;
    }

    @Test
    void advanced_boundsReads_andNeverGoesBack() {
        log.advanceHighWatermark(4);
        log.advanceHighWatermark(2);
        assertThat(log.highWatermark()).hasValue(4);
        assertThat(log.readableEndOffset()).isEqualTo(4);
        assertThat(read()).isEqualTo(4);
        CompletableFuture<Long> waiting = log.awaitReadable(4);
        assertThat(waiting).isNotDone();
        log.advanceHighWatermark(100);
        assertThat(waiting).isCompletedWithValue(6L);
        assertThat(read()).isEqualTo(6);
        append(1);
        assertThat(read()).isEqualTo(7);
    }

    @Test
    void aboveTheEnd_doesNotShowWhatIsNotAcknowledged() {
        log.advanceHighWatermark(100);
        CompletableFuture<Long> append = log.appendAsync(LogRecord.of("x"));
        while (log.logEndOffset() == 6) {
            assertThat(simulation.environment.step()).isTrue();
        }
        assertThat(log.readableEndOffset()).isEqualTo(6);
        simulation.run(append);
        assertThat(log.readableEndOffset()).isEqualTo(7);
    }

    @Test
    void insideABatch_keepsTheWholeBatchBack() {
        simulation.run(log.appendAsync(LogRecordLists.same(4), AppendOptions.NONE));
        log.advanceHighWatermark(8);
        assertThat(read()).isEqualTo(6);
        log.advanceHighWatermark(10);
        assertThat(read()).isEqualTo(10);
    }

    @Test
    void reset_movesTheReadableEndBack_orUnbindsIt() {
        log.advanceHighWatermark(6);
        try (LogCursor cursor = log.cursor(0)) {
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.next()).isTrue();
            log.resetHighWatermark(OptionalLong.of(1));
            assertThat(cursor.batch().baseOffset()).isEqualTo(1);
            assertThat(cursor.next()).isFalse();
            assertThat(log.readableEndOffset()).isEqualTo(1);
            assertThat(read()).isEqualTo(1);
            CompletableFuture<Long> waiting = log.awaitReadable(1);
            assertThat(waiting).isNotDone();
            log.resetHighWatermark(OptionalLong.empty());
            assertThat(waiting).isCompletedWithValue(6L);
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.batch().baseOffset()).isEqualTo(2);
        }
        assertThat(log.highWatermark()).isEmpty();
        assertThatThrownBy(() -> log.resetHighWatermark(OptionalLong.of(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void resetBelowTheLogStart_leavesNothingToRead() {
        simulation.run(log.admin().trim(3));
        log.resetHighWatermark(OptionalLong.of(0));
        assertThat(log.readableEndOffset()).isEqualTo(3);
        assertThat(read()).isEqualTo(3);
        assertThat(log.offsetAt(0)).isEmpty();
        assertThat(log.awaitReadable(3)).isNotDone();
        assertThatThrownBy(() -> log.cursor(4))
                .isInstanceOf(StorageException.OffsetOutOfRange.class);
    }

    @Test
    void closing_keepsIt_thoughNothingWasAppendedSinceTheCheckpoint() {
        simulation.close(store);
        reopen();
        log.advanceHighWatermark(5);
        simulation.close(store);
        reopen();
        assertThat(log.highWatermark()).hasValue(5);
        log.resetHighWatermark(OptionalLong.of(2));
        simulation.close(store);
        reopen();
        assertThat(log.highWatermark()).hasValue(2);
        log.resetHighWatermark(OptionalLong.empty());
        simulation.close(store);
        reopen();
        assertThat(log.highWatermark()).isEmpty();
    }

    @Test
    void idleTopic_keepsItWithACheckpointByAndBy() {
        simulation.tick(store, Duration.ofSeconds(20));
        simulation.tick(store, Duration.ofSeconds(20));
        assertThat(log.state().isCheckpointed()).isTrue();
        log.advanceHighWatermark(5);
        assertThat(log.state().isCheckpointed()).isFalse();
        simulation.tick(store, Duration.ofSeconds(20));
        simulation.crash(true);
        reopen();
        assertThat(log.highWatermark()).hasValue(5);
        assertThat(log.logEndOffset()).isEqualTo(6);
    }

    @Test
    void truncationBelowIt_isRefused_andNothingIsCut() {
        log.advanceHighWatermark(4);
        assertThatThrownBy(() -> simulation.run(log.admin().truncate(3)))
                .isInstanceOfSatisfying(StorageException.BelowHighWatermark.class, e -> {
                    assertThat(e.highWatermark()).isEqualTo(4);
                    assertThat(e.outcome()).isEqualTo(Outcome.NOT_APPLIED);
                });
        assertThat(log.logEndOffset()).isEqualTo(6);
        assertThat(simulation.run(log.admin().truncate(4)).endOffset()).isEqualTo(4);
        log.resetHighWatermark(OptionalLong.of(1));
        assertThat(simulation.run(log.admin().truncate(1)).endOffset()).isEqualTo(1);
        append(1);
        assertThat(read()).isEqualTo(1);
    }

    @Test
    void truncationIntoABatchThatHoldsIt_isRefused() {
        simulation.run(log.appendAsync(LogRecordLists.same(4), AppendOptions.NONE));
        log.advanceHighWatermark(8);
        assertThatThrownBy(() -> simulation.run(log.admin().truncate(9)))
                .isInstanceOf(StorageException.BelowHighWatermark.class);
        assertThat(log.logEndOffset()).isEqualTo(10);
    }
}
