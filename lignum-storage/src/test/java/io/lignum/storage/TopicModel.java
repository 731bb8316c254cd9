package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.record.LogRecord;
import io.lignum.record.ProducerStamp;
import io.lignum.record.RecordBatch;
import io.lignum.record.RecordCursor;
import io.lignum.storage.internal.segment.ProducerStates;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What a log should hold: every record that was handed in, by offset, how much of it was promised,
 * and what is allowed to differ while something is under way.
 */
final class TopicModel {

    /** A record; {@code batchStart..batchEnd} came as one batch, all or nothing. */
    record Entry(String value, long timestamp, int epoch, long batchStart, long batchEnd) {}

    /** A batch of a producer. */
    record Sent(int sequence, int count, long offset) {}

    static final class Producer {
        short epoch;
        int next;
        final ArrayDeque<Sent> window = new ArrayDeque<>();

        ProducerStamp stamp(long id) {
            return new ProducerStamp(id, epoch, next);
        }
    }

    final List<Entry> entries = new ArrayList<>();
    final Map<Long, Producer> producers = new TreeMap<>();
    int epoch;
    long start;
    long startUnderWay;
    long acknowledged;
    long durable;
    long cutUnderWay = Long.MAX_VALUE;
    long startAtUnderWay = Long.MAX_VALUE;
    OptionalLong watermark = OptionalLong.empty();
    boolean trimsItself;

    long end() {
        return entries.size();
    }

    /** Records that are handed in as one batch, or a single one. */
    List<LogRecord> add(long timestamp, List<String> values) {
        long first = end();
        List<LogRecord> records = new ArrayList<>();
        for (String value : values) {
            entries.add(new Entry(value, timestamp, epoch, first, first + values.size()));
            records.add(LogRecord.of(value).withTimestamp(timestamp));
        }
        return records;
    }

    ProducerStamp send(long id, int count) {
        Producer producer = producers.computeIfAbsent(id, any -> new Producer());
        ProducerStamp stamp = producer.stamp(id);
        producer.window.addLast(new Sent(producer.next, count, end()));
        producer.next += count;
        if (producer.window.size() > ProducerStates.WINDOW) {
            producer.window.removeFirst();
        }
        return stamp;
    }

    /** The log is about to be emptied and to go on at {@code offset}. */
    void startAt(long offset) {
        startAtUnderWay = offset;
        startUnderWay = offset;
        while (end() < offset) {
            entries.add(new Entry("never there", 0, 0, end(), end() + 1));
        }
    }

    /** That is done. */
    void startedAt() {
        producers.clear();
        entries.replaceAll(any -> new Entry("removed", 0, 0, 0, end()));
        start = startAtUnderWay;
        startAtUnderWay = Long.MAX_VALUE;
        acknowledged = end();
        durable = end();
        if (watermark.isPresent()) {
            watermark = OptionalLong.of(Math.max(start, watermark.getAsLong()));
        }
    }

    /** What is readable of what is acknowledged. High watermarks are ends of batches here. */
    long readable(long acknowledgedEnd, long start) {
        return Math.max(start, Math.min(acknowledgedEnd, watermark.orElse(Long.MAX_VALUE)));
    }

    int lastEpoch() {
        return entries.isEmpty() ? 0 : entries.get(entries.size() - 1).epoch();
    }

    void acknowledge(Appended appended) {
        acknowledged = Math.max(acknowledged, appended.lastOffset() + 1);
    }

    /** Everything that was done is promised now; nothing is under way. */
    void settle(TopicLog log, Durability durability) {
        assertThat(log.logEndOffset()).as("log end offset").isEqualTo(end());
        acknowledged = end();
        durable = durability == Durability.ALWAYS ? end() : Math.max(durable, log.flushedOffset());
        start = startUnderWay;
        cutUnderWay = Long.MAX_VALUE;
    }

    /**
     * Holds a log that was opened after a crash against what was promised, and goes on from there.
     */
    void recovered(TopicLog log, boolean powerWasLost) {
        long promised = Math.min(powerWasLost ? durable : acknowledged, cutUnderWay);
        assertThat(promised)
                .as("promised: acknowledged %s, durable %s", acknowledged, durable)
                .isLessThanOrEqualTo(end());
        if (startAtUnderWay != Long.MAX_VALUE) {
            recoveredFromStartAt(log);
        }
        assertThat(log.logEndOffset()).as("log end offset").isBetween(promised, end());
        if (trimsItself) {
            assertThat(log.logStartOffset()).as("log start offset").isBetween(start, end());
        } else {
            assertThat(log.logStartOffset()).as("log start offset").isIn(start, startUnderWay);
        }
        cutTo(log.logEndOffset());
        if (!entries.isEmpty()) {
            assertThat(entries.get(entries.size() - 1).batchEnd())
                    .as("the last batch is whole")
                    .isEqualTo(end());
        }
        start = log.logStartOffset();
        startUnderWay = start;
        cutUnderWay = Long.MAX_VALUE;
        acknowledged = end();
        durable = end();
        epoch = log.epoch();
        recoverWatermark(log);
        assertThat(epoch).as("epoch").isEqualTo(lastEpoch());
        matches(log);
    }

    /**
     * It is kept now and then. Above the end it says nothing, and may fall into a batch to come.
     */
    private void recoverWatermark(TopicLog log) {
        if (log.highWatermark().isPresent() && log.highWatermark().getAsLong() > end()) {
            log.resetHighWatermark(OptionalLong.of(end()));
        }
        watermark = log.highWatermark();
    }

    /** The log is either unchanged, or starts and ends at the requested offset. */
    private void recoveredFromStartAt(TopicLog log) {
        if (log.logEndOffset() == startAtUnderWay && log.logStartOffset() == startAtUnderWay) {
            startedAt();
        } else {
            assertThat(log.logStartOffset()).as("log start offset").isEqualTo(start);
            assertThat(entries.size() == 0 || log.logEndOffset() <= lastThere() + 1)
                    .isTrue();
            startUnderWay = start;
        }
        startAtUnderWay = Long.MAX_VALUE;
    }

    private long lastThere() {
        long at = end() - 1;
        while (at >= 0 && entries.get((int) at).value().equals("never there")) {
            at--;
        }
        return at;
    }

    void cutTo(long end) {
        entries.subList((int) end, entries.size()).clear();
        for (Producer producer : producers.values()) {
            while (!producer.window.isEmpty() && producer.window.getLast().offset() >= end) {
                producer.next = producer.window.removeLast().sequence();
            }
        }
        producers.values().removeIf(producer -> producer.window.isEmpty());
    }

    /** The log serves exactly the records from start to end. */
    void matches(TopicLog log) {
        assertThat(log.logEndOffset()).as("log end offset").isEqualTo(end());
        assertThat(log.readableEndOffset())
                .as("readable end")
                .isEqualTo(readable(end(), log.logStartOffset()));
        long from = log.logStartOffset();
        try (LogCursor cursor = log.cursor(from)) {
            long at = readFrom(cursor, from);
            assertThat(at)
                    .as("end of what is read")
                    .isEqualTo(readable(end(), log.logStartOffset()));
        }
    }

    long readFrom(LogCursor cursor, long from) {
        long at = from;
        while (cursor.next()) {
            RecordBatch batch = cursor.batch();
            RecordCursor records = batch.records();
            while (records.next()) {
                if (records.offset() >= from) {
                    Entry entry = entries.get((int) records.offset());
                    assertThat(records.offset()).as("next offset").isEqualTo(at++);
                    assertThat(records.toRecord().text())
                            .as("value at %s", records.offset())
                            .isEqualTo(entry.value());
                    assertThat(records.timestamp()).isEqualTo(entry.timestamp());
                    assertThat(batch.epoch())
                            .as("epoch at %s", records.offset())
                            .isEqualTo(entry.epoch());
                }
            }
        }
        return at;
    }
}
