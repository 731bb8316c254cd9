package io.lignum.server.service;

import io.lignum.record.RecordBatch;
import io.lignum.record.RecordCursor;
import io.lignum.record.StoredRecord;
import io.lignum.server.config.Limits;
import io.lignum.storage.LogCursor;
import io.lignum.storage.TopicLog;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Reads pages of messages and raw batches. Blocks on the disk; the thread must not be interrupted. */
final class Reader {

    private final Topics topics;
    private final Limits limits;
    private final ServiceListener listener;

    Reader(Topics topics, Limits limits, ServiceListener listener) {
        this.topics = topics;
        this.limits = limits;
        this.listener = listener;
    }

    Page read(ReadQuery query) {
        long begun = System.nanoTime();
        TopicLog log = topics.existing(query.topic());
        long start = log.logStartOffset();
        long end = log.readableEndOffset();
        if (query.from() >= end) {
            return new Page(
                    List.of(), query.from(), start, end, OptionalInt.empty(), log.highWatermark());
        }
        Collector collector = new Collector(query, Math.min(query.to(), end));
        try (LogCursor cursor = log.cursor(query.from())) {
            while (!collector.isFull() && cursor.next()) {
                collector.take(cursor.batch());
            }
        }
        listener.read(
                query.topic(),
                collector.records.size(),
                collector.bytes,
                System.nanoTime() - begun);
        return new Page(
                collector.records,
                collector.next,
                start,
                end,
                collector.epoch,
                log.highWatermark());
    }

    /** Gathers records until one of the bounds is reached. */
    private final class Collector {
        private final List<StoredRecord> records = new ArrayList<>();
        private final long to;
        private final int maxRecords;
        private final int maxBytes;
        private long next;
        private long bytes;
        private OptionalInt epoch = OptionalInt.empty();
        private boolean full;

        Collector(ReadQuery query, long to) {
            this.next = query.from();
            this.to = to;
            this.maxRecords = Math.min(query.maxRecords(), limits.readMaxRecords());
            this.maxBytes = Math.min(query.maxBytes(), limits.readMaxBytes());
        }

        boolean isFull() {
            return full || next >= to || records.size() >= maxRecords;
        }

        void take(RecordBatch batch) {
            int before = records.size();
            RecordCursor cursor = batch.records(limits.batchMaxUncompressedBytes());
            while (!isFull() && cursor.next()) {
                if (cursor.offset() >= next) {
                    take(cursor);
                }
            }
            if (records.size() > before) {
                epoch = OptionalInt.of(batch.epoch());
            }
        }

        private void take(RecordCursor cursor) {
            StoredRecord record = cursor.toRecord();
            int size = Math.max(0, cursor.valueSize()) + Math.max(0, cursor.keySize());
            if (!records.isEmpty() && bytes + size > maxBytes) {
                full = true;
                return;
            }
            records.add(record);
            bytes += size;
            next = record.offset() + 1;
        }
    }

    BatchReader batches(String topic, long from) {
        return new BatchReader(topic, topics.existing(topic).cursor(from), from, listener);
    }

    OptionalLong offsetAt(String topic, long timestampMillis) {
        return topics.existing(topic).offsetAt(timestampMillis);
    }
}
