package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.record.LogRecord;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What a leader sends to its followers: everything written, with a notification for each write. */
class ReplicationCursorTest {

    private final Simulation simulation = new Simulation(11);
    private final List<String> events = new ArrayList<>();
    private LogStore store;
    private TopicLog log;

    private final StoreListener listener = new StoreListener() {
        @Override
        public void written(TopicLog topic, WrittenBatches batches, long nanos) {
            events.add(
                    "written to " + topic.logEndOffset() + ", forced to " + topic.flushedOffset());
        }

        @Override
        public void flushed(TopicLog topic, long flushedEnd) {
            assertThat(topic.flushedOffset()).isEqualTo(flushedEnd);
            events.add("flushed to " + flushedEnd + ", readable to " + topic.readableEndOffset());
        }
    };

    @BeforeEach
    void open() {
        store = simulation.open();
        log = store.createTopic("t", TopicConfig.DEFAULT.withSegmentMaxRecords(4));
        store.addListener(listener);
    }

    private void append(int count) {
        for (int i = 0; i < count; i++) {
            simulation.run(log.appendAsync(LogRecord.of("r" + log.logEndOffset())));
        }
    }

    private static List<Long> bases(LogCursor cursor) {
        List<Long> bases = new ArrayList<>();
        while (cursor.next()) {
            bases.add(cursor.batch().baseOffset());
        }
        return bases;
    }

    @Test
    void cursor_showsWhatIsWritten_beforeItIsForced() {
        CompletableFuture<Long> append = log.appendAsync(LogRecord.of("x"));
        while (log.logEndOffset() == 0) {
            assertThat(simulation.environment.step()).isTrue();
        }
        assertThat(log.readableEndOffset()).isZero();
        try (LogCursor cursor = log.replicationCursor(0);
                LogCursor committed = log.cursor(0)) {
            assertThat(bases(cursor)).containsExactly(0L);
            assertThat(bases(committed)).isEmpty();
            simulation.run(append);
            assertThat(bases(cursor)).isEmpty();
            assertThat(bases(committed)).containsExactly(0L);
        }
    }

    @Test
    void cursor_goesOnAboveTheHighWatermark_overSegments_toWhereItIsStopped() {
        append(9);
        log.advanceHighWatermark(2);
        try (LogCursor cursor = log.replicationCursor(1)) {
            cursor.stopAt(6);
            assertThat(bases(cursor)).containsExactly(1L, 2L, 3L, 4L, 5L);
            cursor.stopAt(Long.MAX_VALUE);
            assertThat(bases(cursor)).containsExactly(6L, 7L, 8L);
            append(1);
            assertThat(bases(cursor)).containsExactly(9L);
        }
        assertThatThrownBy(() -> log.replicationCursor(11))
                .isInstanceOf(StorageException.OffsetOutOfRange.class);
    }

    @Test
    void truncation_isReported_evenWhenTheLogHasGrownAgain() {
        append(6);
        try (LogCursor cursor = log.replicationCursor(0)) {
            cursor.stopAt(5);
            assertThat(bases(cursor)).hasSize(5);
            simulation.run(log.admin().truncate(3));
            append(4);
            cursor.stopAt(Long.MAX_VALUE);
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(cursor::next)
                        .isInstanceOf(StorageException.OffsetOutOfRange.class)
                        .hasMessageContaining("was cut while it was read");
            }
            cursor.seek(3);
            assertThat(bases(cursor)).containsExactly(3L, 4L, 5L, 6L);
        }
    }

    @Test
    void trimming_isReported() {
        append(9);
        try (LogCursor cursor = log.replicationCursor(0)) {
            simulation.run(log.admin().trim(8));
            assertThatThrownBy(cursor::next).isInstanceOf(StorageException.OffsetOutOfRange.class);
        }
    }

    /** Otherwise the batch that the log now starts in could not be sent to any node. */
    @Test
    void trimmedRecordsThatAreStored_areShown() {
        append(9);
        simulation.run(log.admin().trim(6));
        assertThat(log.logStartOffset()).isEqualTo(6);
        assertThat(log.firstStoredOffset()).isEqualTo(4);
        try (LogCursor cursor = log.replicationCursor(4)) {
            assertThat(bases(cursor)).containsExactly(4L, 5L, 6L, 7L, 8L);
        }
        assertThatThrownBy(() -> log.replicationCursor(3))
                .isInstanceOf(StorageException.OffsetOutOfRange.class);
    }

    @Test
    void listener_isNotifiedOfWritesBeforeTheForce_andOfTheForceBeforeTheAcknowledgement() {
        append(2);
        assertThat(events)
                .containsExactly(
                        "written to 1, forced to 0",
                        "flushed to 1, readable to 0",
                        "written to 2, forced to 1",
                        "flushed to 2, readable to 1");
        store.removeListener(listener);
        append(1);
        assertThat(events).hasSize(4);
    }

    @Test
    void flushOfATopicThatDoesNotForce_notifiesTheListener() {
        log = store.createTopic("os", TopicConfig.DEFAULT.withDurability(Durability.OS));
        append(2);
        assertThat(events)
                .containsExactly("written to 1, forced to 0", "written to 2, forced to 0");
        simulation.run(log.admin().flush());
        assertThat(events).hasSize(3).endsWith("flushed to 2, readable to 2");
    }
}
