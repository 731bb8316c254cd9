package io.lignum.server.service;

import io.lignum.record.RecordBatch;
import io.lignum.storage.LogCursor;
import io.lignum.storage.StorageException;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * Reads the raw batches of one topic from an offset, in chunks. It holds a read buffer of the
 * engine until it is closed; a caller that must wait closes it and opens another one later. Used by
 * one thread at a time, which must not be interrupted; calls block on the disk.
 */
public final class BatchReader implements AutoCloseable {

    /** The bounds of a chunk: offsets below {@code to}, and at least one batch of any size. */
    public record Bounds(long to, int maxRecords, int maxBytes) {}

    /**
     * Whole batches as stored; the first may begin before the requested offset.
     *
     * @param bytes valid up to {@code length}; owned by the caller
     * @param next the offset to continue at
     * @param epoch of the last batch; empty without batches
     */
    public record Chunk(byte[] bytes, int length, long next, OptionalInt epoch) {}

    private static final int SMALL_BYTES = 8 * 1024;

    private final TopicRequests topics;
    private final String topic;
    private final LogCursor cursor;
    private final ServiceListener listener;
    private long next;
    private boolean pending;

    BatchReader(
            TopicRequests topics,
            String topic,
            LogCursor cursor,
            long from,
            ServiceListener listener) {
        this.topics = topics;
        this.topic = topic;
        this.cursor = cursor;
        this.listener = listener;
        next = from;
    }

    /** The start of the next chunk. */
    public long position() {
        return next;
    }

    /**
     * Reads the next chunk; its memory is reserved before. Returns no bytes at the readable end, or
     * at {@code to}.
     */
    public Chunk next(Bounds bounds, MemoryLease memory) {
        try {
            return read(bounds, memory);
        } catch (RuntimeException e) {
            ServiceException error = ServiceException.of(
                    e instanceof StorageException failure
                            ? topics.readError(topic, next, failure)
                            : e);
            listener.failed(error.code());
            throw error;
        }
    }

    private Chunk read(Bounds bounds, MemoryLease memory) {
        long startNanos = System.nanoTime();
        byte[] bytes = new byte[0];
        int length = 0;
        int records = 0;
        OptionalInt epoch = OptionalInt.empty();
        while (records < bounds.maxRecords && next < bounds.to && (pending || cursor.next())) {
            pending = true;
            RecordBatch batch = cursor.batch();
            int size = batch.sizeInBytes();
            if (batch.baseOffset() >= bounds.to
                    || (length > 0 && length + size > bounds.maxBytes)) {
                break;
            }
            int capacity = capacity(bytes.length, length, size, bounds.maxBytes);
            if (capacity > bytes.length) {
                memory.reserve(capacity);
                int before = bytes.length;
                bytes = Arrays.copyOf(bytes, capacity);
                memory.giveBack(before);
            }
            ByteBuffer slice = batch.slice();
            slice.get(slice.position(), bytes, length, size);
            length += size;
            records += batch.recordCount();
            next = Math.min(bounds.to, batch.nextOffset());
            epoch = OptionalInt.of(batch.epoch());
            pending = false;
        }
        if (records > 0) {
            listener.read(topic, records, length, System.nanoTime() - startNanos);
        }
        return new Chunk(bytes, length, next, epoch);
    }

    /**
     * If batches are large, more of them will follow: allocates space for all at once, otherwise
     * doubles.
     */
    private static int capacity(int now, int length, int size, int maxBytes) {
        if (length + size <= now) {
            return now;
        }
        int wanted = size > SMALL_BYTES ? maxBytes : Math.min(maxBytes, 2 * now);
        return Math.max(Math.max(wanted, SMALL_BYTES), length + size);
    }

    @Override
    public void close() {
        cursor.close();
    }
}
