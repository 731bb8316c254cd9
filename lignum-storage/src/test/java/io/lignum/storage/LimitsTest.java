package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.record.Compression;
import io.lignum.record.LogRecord;
import io.lignum.record.RecordBatchBuilder;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Over a limit: the error that says which, and the store goes on. */
class LimitsTest {

    private static final StoreConfig CONFIG = Simulation.CONFIG.toBuilder()
            .maxRecordBytes(2000)
            .maxBatchBytes(8000)
            .maxPendingBytes(20_000)
            .maxTopics(2)
            .maxWaitingReads(3)
            .build();

    private final Simulation simulation = new Simulation(5);
    private final LogStore store = simulation.open(CONFIG);
    private final TopicLog log = store.createTopic("t", TopicConfig.DEFAULT);

    private static LogRecord record(int bytes) {
        return LogRecord.of(new byte[bytes]);
    }

    @Test
    void recordAtTheLimit_isTaken_andOneAboveIsRefused() {
        assertThat(simulation.run(log.appendAsync(record(2000)))).isEqualTo(0);
        assertThatThrownBy(() -> log.appendAsync(record(2100)))
                .isInstanceOf(StorageException.RecordTooLarge.class)
                .hasMessageContaining("2000");
        assertThat(simulation.run(log.appendAsync(record(1)))).isEqualTo(1);
        assertThat(store.status().pendingBytes()).isZero();
    }

    @Test
    void batchAboveTheLimit_isRefused_howeverItIsBuilt() {
        List<LogRecord> many = Collections.nCopies(5, record(1900));
        assertThatThrownBy(() -> log.appendAsync(many, AppendOptions.NONE))
                .isInstanceOf(StorageException.RecordTooLarge.class);
        ByteBuffer built = RecordBatchBuilder.build(many, Compression.NONE, 1);
        assertThatThrownBy(() -> log.appendAsync(built, AppendOptions.NONE))
                .isInstanceOf(StorageException.RecordTooLarge.class)
                .hasMessageContaining("8000");
        assertThat(log.logEndOffset()).isZero();
        assertThat(store.status().pendingBytes()).isZero();
    }

    @Test
    void tooMuchPending_isOverloaded_untilItIsAcknowledged() {
        List<CompletableFuture<Long>> taken = new ArrayList<>();
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 20; i++) {
                        taken.add(log.appendAsync(record(1900)));
                    }
                })
                .isInstanceOf(StorageException.Overloaded.class)
                .hasMessageContaining("maxPendingBytes");
        assertThat(taken).hasSizeBetween(9, 10);
        simulation.environment.run();
        assertThat(taken).allMatch(future -> future.isDone());
        assertThat(store.status().pendingBytes()).isZero();
        simulation.run(log.appendAsync(record(1900)));
    }

    @Test
    void tooManyWaitingReads_areOverloaded_andACancelledOneGivesItsPlaceBack() {
        List<CompletableFuture<Long>> waiting = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            waiting.add(log.awaitReadable(i));
        }
        assertThatThrownBy(() -> log.awaitReadable(0))
                .isInstanceOf(StorageException.Overloaded.class)
                .hasMessageContaining("maxWaitingReads");
        waiting.get(0).cancel(false);
        CompletableFuture<Long> next = log.awaitReadable(0);
        simulation.run(log.appendAsync(record(1)));
        assertThat(next).isCompletedWithValue(1L);
        assertThat(waiting.get(1)).isNotDone();
    }

    @Test
    void tooManyTopics_areRefused_andADeletedOneGivesItsPlaceBack() {
        store.createTopic("u", TopicConfig.DEFAULT);
        assertThatThrownBy(() -> store.createTopic("v", TopicConfig.DEFAULT))
                .isInstanceOf(StorageException.TooManyTopics.class);
        assertThatThrownBy(() -> store.createTopic("u", TopicConfig.DEFAULT))
                .isInstanceOf(StorageException.TopicExists.class);
        simulation.run(store.deleteTopicAsync("u"));
        store.createTopic("v", TopicConfig.DEFAULT);
        assertThatThrownBy(() -> store.topic("u"))
                .isInstanceOf(StorageException.UnknownTopic.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a/b", "../x", "a\\b", "a b", "a\u0000b", "ä", "a\nb"})
    void badName_isRefused_andMakesNothing(String name) {
        long ios = simulation.disk.ioCount();
        assertThatThrownBy(() -> store.createTopic(name, TopicConfig.DEFAULT))
                .isInstanceOf(StorageException.InvalidTopic.class);
        assertThat(simulation.disk.ioCount()).isEqualTo(ios);
    }

    @ParameterizedTest
    @ValueSource(strings = {"...", "-rf", "CON", "lignum.lock", "trash", "divergent", "a.tmp"})
    void oddName_isNeverAPath(String name) throws Exception {
        TopicLog odd = store.createTopic(name, TopicConfig.DEFAULT);
        Path directory = odd.state().directory();
        assertThat(UUID.fromString(String.valueOf(directory.getFileName()))).isEqualTo(odd.id());
        assertThat(directory.getParent()).isEqualTo(Simulation.DIRECTORY);
        simulation.run(odd.appendAsync(LogRecord.of("x")));
        simulation.close(store);
        LogStore again = simulation.open(CONFIG);
        assertThat(again.topic(name).logEndOffset()).isEqualTo(1);
    }

    @Test
    void longestName_isTaken_andALongerOneIsNot() {
        store.createTopic("n".repeat(249), TopicConfig.DEFAULT);
        assertThatThrownBy(() -> store.createTopic("n".repeat(250), TopicConfig.DEFAULT))
                .isInstanceOf(StorageException.InvalidTopic.class)
                .hasMessageContaining("250");
    }

    @Test
    void damagedBatch_isRefusedAtTheListener() {
        ByteBuffer built = RecordBatchBuilder.build(LogRecordLists.same(2), Compression.NONE, 1);
        built.put(built.limit() - 1, (byte) ~built.get(built.limit() - 1));
        assertThatThrownBy(() -> log.appendAsync(built, AppendOptions.NONE))
                .isInstanceOf(StorageException.InvalidBatch.class);
        assertThat(log.logEndOffset()).isZero();
    }

    @Test
    void reading_neverPassesTheHighWatermark() {
        for (int i = 0; i < 5; i++) {
            simulation.run(log.appendAsync(LogRecord.of("r" + i)));
        }
        log.advanceHighWatermark(2);
        assertThat(log.readableEndOffset()).isEqualTo(2);
        assertThat(LogStoreTest.texts(log)).containsExactly("r0", "r1");
        assertThatThrownBy(() -> log.cursor(3))
                .isInstanceOf(StorageException.OffsetOutOfRange.class);
        CompletableFuture<Long> waiting = log.awaitReadable(2);
        assertThat(waiting).isNotDone();
        log.advanceHighWatermark(1);
        assertThat(log.readableEndOffset()).as("never goes back").isEqualTo(2);
        log.advanceHighWatermark(9);
        assertThat(waiting).isCompletedWithValue(5L);
        assertThat(LogStoreTest.texts(log)).hasSize(5);
    }

    @Test
    void appendedButNotForced_isNotReadable() {
        CompletableFuture<Long> offset = log.appendAsync(LogRecord.of("x"));
        boolean written = false;
        while (!offset.isDone()) {
            assertThat(log.readableEndOffset()).isZero();
            written |= log.logEndOffset() == 1;
            simulation.environment.step();
        }
        assertThat(written).as("there was a time between write and force").isTrue();
        assertThat(log.readableEndOffset()).isEqualTo(1);
    }
}
