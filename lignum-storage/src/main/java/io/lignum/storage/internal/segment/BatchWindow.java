package io.lignum.storage.internal.segment;

import io.lignum.record.BatchStatus;
import io.lignum.record.RecordBatch;
import io.lignum.storage.env.DiskFile;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads a segment's file ahead into one buffer, and presents the batch at a position.
 *
 * <p>The buffer grows only for a batch larger than itself, and never beyond the batch limit: the
 * length field is checked before memory is allocated. One thread at a time.
 */
public final class BatchWindow {

    static final int BYTES = 256 * 1024;

    private final int maxBatchBytes;
    private final RecordBatch batch = new RecordBatch();
    private ByteBuffer buffer;
    private long start;

    public BatchWindow(int maxBatchBytes) {
        this(maxBatchBytes, BYTES);
    }

    public BatchWindow(int maxBatchBytes, int bytes) {
        this.maxBatchBytes = maxBatchBytes;
        buffer = ByteBuffer.allocateDirect(bytes).limit(0);
    }

    /** Forgets what was read: the file, or its content, has changed. */
    public void clear() {
        buffer.limit(0);
        start = 0;
    }

    /** Whether the buffer has not grown for a large batch. */
    boolean isOrdinary() {
        return buffer.capacity() == BYTES;
    }

    /** Whether {@link #load} of this position can be answered without reading the file. */
    public boolean holds(long position) {
        int at = index(position);
        if (at < 0 || buffer.limit() - at < RecordBatch.HEADER_BYTES) {
            return false;
        }
        long length = batch.wrap(buffer, at).claimedSizeInBytes();
        return length <= buffer.limit() - at || length > maxBatchBytes;
    }

    /**
     * Loads and checks the batch at {@code position}. After VALID, {@link #batch()} returns it.
     *
     * @param end bytes of the file at and above this position are not there yet
     */
    public BatchStatus load(DiskFile file, long position, long end) throws IOException {
        if (!holds(position)) {
            fill(file, position, end, buffer.capacity());
            int needed = needed();
            if (needed > buffer.limit() && needed <= end - position) {
                if (needed > buffer.capacity()) {
                    buffer = ByteBuffer.allocateDirect(needed).limit(0);
                }
                fill(file, position, end, needed);
            }
        }
        return loaded(position);
    }

    /** As {@link #load} for a position that the window {@link #holds}. */
    public BatchStatus loaded(long position) {
        int at = index(position);
        BatchStatus status = RecordBatch.check(buffer, at, maxBatchBytes);
        if (status == BatchStatus.VALID) {
            batch.wrap(buffer, at);
        }
        return status;
    }

    /** View of the batch loaded last; valid until the next call of {@link #load}. */
    public RecordBatch batch() {
        return batch;
    }

    private int index(long position) {
        long at = position - start;
        return at < 0 || at > buffer.limit() ? -1 : (int) at;
    }

    /**
     * How many bytes must be in the window for the batch at its start, according to its length
     * field.
     */
    private int needed() {
        if (buffer.limit() < RecordBatch.HEADER_BYTES) {
            return 0;
        }
        long length = batch.wrap(buffer, 0).claimedSizeInBytes();
        return length > maxBatchBytes ? 0 : (int) length;
    }

    /** Moves the bytes from {@code position} on to the front, and reads on behind them. */
    private void fill(DiskFile file, long position, long end, int bytes) throws IOException {
        int at = index(position);
        if (at >= 0) {
            buffer.position(at).compact();
        } else {
            buffer.clear();
        }
        start = position;
        buffer.limit((int) Math.max(buffer.position(), Math.min(bytes, end - position)));
        try {
            while (buffer.hasRemaining()) {
                int n = file.read(buffer, position + buffer.position());
                if (n < 0) {
                    break;
                }
            }
        } finally {
            buffer.flip();
        }
    }
}
