package io.lignum.server.service;

import io.lignum.record.DecompressionLimit;
import io.lignum.record.RecordBatch;
import io.lignum.record.RecordCursor;
import io.lignum.record.StoredRecord;
import io.lignum.server.config.Limits;
import io.lignum.storage.LogCursor;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicLog;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.LongConsumer;

/**
 * Reads pages of messages and raw batches. Blocks on the disk; the thread must not be interrupted.
 */
final class ReadService {

    /** Memory of a message or header object besides its bytes, rounded up. */
    private static final int RECORD_OVERHEAD = 160;

    private static final int HEADER_OVERHEAD = 160;

    private final TopicRequests topics;
    private final Limits limits;
    private final ServiceListener listener;

    ReadService(TopicRequests topics, Limits limits, ServiceListener listener) {
        this.topics = topics;
        this.limits = limits;
        this.listener = listener;
    }

    /** Reads a page. Reserves the memory of each message in {@code lease} before copying it. */
    Page read(ReadQuery query, MemoryLease lease) {
        try {
            return page(query, lease);
        } catch (StorageException e) {
            throw topics.readError(query.topic(), query.from(), e);
        }
    }

    private Page page(ReadQuery query, MemoryLease lease) {
        long startNanos = System.nanoTime();
        TopicLog log = topics.existing(query.topic());
        long start = log.logStartOffset();
        long end = log.readableEndOffset();
        if (query.from() >= end) {
            return new Page(
                    List.of(), query.from(), start, end, OptionalInt.empty(), log.highWatermark());
        }
        Collector collector = new Collector(query, Math.min(query.to(), end), lease);
        try (LogCursor cursor = log.cursor(query.from())) {
            while (!collector.isFull() && cursor.next()) {
                collector.take(cursor.batch());
            }
        }
        listener.read(
                query.topic(),
                collector.records.size(),
                collector.bytes,
                System.nanoTime() - startNanos);
        return new Page(
                collector.records,
                collector.next,
                start,
                end,
                collector.epoch,
                log.highWatermark());
    }

    /** Collects records until a bound is reached. */
    private final class Collector {
        private final List<StoredRecord> records = new ArrayList<>();
        private final long to;
        private final int maxRecords;
        private final int maxBytes;
        private long next;
        private long bytes;
        private final MemoryLease lease;
        private final RecordCursor cursor = new RecordCursor();
        private OptionalInt epoch = OptionalInt.empty();
        private boolean full;

        Collector(ReadQuery query, long to, MemoryLease lease) {
            this.lease = lease;
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
            long[] unpacked = {0};
            batch.records(
                    cursor, new DecompressionLimit(limits.batchMaxUncompressedBytes(), size -> {
                        lease.reserve(size);
                        unpacked[0] += size;
                    }));
            while (!isFull() && cursor.next()) {
                if (cursor.offset() >= next) {
                    takeRecord();
                }
            }
            lease.giveBack(unpacked[0]);
            if (records.size() > before) {
                epoch = OptionalInt.of(batch.epoch());
            }
        }

        private void takeRecord() {
            int headers = Math.min(cursor.headerCount(), cursor.recordBytes());
            int size = headers == 0 ? cursor.valueSize() + cursor.keySize() : cursor.recordBytes();
            if (!records.isEmpty() && bytes + size > maxBytes) {
                full = true;
                return;
            }
            lease.reserve(size + RECORD_OVERHEAD + (long) headers * HEADER_OVERHEAD);
            records.add(cursor.toRecord());
            bytes += size;
            next = cursor.offset() + 1;
        }
    }

    BatchReader batches(String topic, long from, LongConsumer count) {
        TopicLog log = topics.existing(topic);
        try {
            return new BatchReader(topics, topic, log.cursor(from), from, counting(count));
        } catch (StorageException e) {
            throw topics.readError(topic, from, e);
        }
    }

    /** The node's listener, and one that gets the number of bytes. */
    private ServiceListener counting(LongConsumer count) {
        return new ServiceListener() {
            @Override
            public void read(String topic, int records, long bytes, long nanos) {
                listener.read(topic, records, bytes, nanos);
                count.accept(bytes);
            }

            @Override
            public void failed(ErrorCode code) {
                listener.failed(code);
            }
        };
    }

    OptionalLong offsetAt(String topic, long timestampMillis) {
        try {
            return topics.existing(topic).offsetAt(timestampMillis);
        } catch (StorageException e) {
            throw topics.readError(topic, 0, e);
        }
    }
}
