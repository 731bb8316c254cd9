package io.lignum.storage.internal.segment;

import io.lignum.record.BatchStatus;
import io.lignum.record.RecordBatch;
import io.lignum.storage.env.DiskFile;
import io.lignum.storage.env.SmallFile;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Goes through the batches of a file and proves each: its CRC, and what the CRC does not cover.
 * Base offset must be where the batch before it ends, the epoch must not go back, and the length
 * holds if the CRC does. What does not hold is read once more before it is said so.
 */
public final class BatchScan {

    private final BatchWindow window;
    private final DiskFile file;
    private final long end;
    private long position;
    private long expectedOffset;
    private int lastEpoch;
    private BatchStatus status = BatchStatus.EMPTY;

    public BatchScan(
            BatchWindow window, DiskFile file, long end, SegmentSummary from, int lastEpoch) {
        this.window = window;
        this.file = file;
        this.end = end;
        position = from.sizeInBytes();
        expectedOffset = from.endOffset();
        this.lastEpoch = lastEpoch;
        window.clear();
    }

    /** Goes to the next batch; false at the end or before something that is not the next batch. */
    public boolean next() throws IOException {
        if (position >= end) {
            status = BatchStatus.EMPTY;
            return false;
        }
        status = load();
        if (status != BatchStatus.VALID && status != BatchStatus.EMPTY) {
            window.clear(); // Only what is found twice counts, as a read can err.
            status = load();
        }
        if (status != BatchStatus.VALID) {
            return false;
        }
        RecordBatch batch = window.batch();
        position += batch.sizeInBytes();
        expectedOffset = batch.nextOffset();
        lastEpoch = batch.epoch();
        return true;
    }

    private BatchStatus load() throws IOException {
        BatchStatus found = window.load(file, position, end);
        boolean follows = found != BatchStatus.VALID
                || (window.batch().baseOffset() == expectedOffset
                        && window.batch().epoch() >= lastEpoch);
        return follows ? found : BatchStatus.BAD_HEADER;
    }

    /** The batch found by {@link #next}; valid until it is called again. */
    public RecordBatch batch() {
        return window.batch();
    }

    /** What stands at {@link #position()}, after {@code next} answered false. */
    public BatchStatus status() {
        return status;
    }

    /** The same in words. */
    public String problem() {
        return switch (status) {
            case VALID -> "a whole batch";
            case EMPTY -> "zeros where a batch should be";
            case INCOMPLETE -> "the file ends inside a batch";
            case BAD_LENGTH -> "a length that no batch has";
            case UNSUPPORTED_VERSION -> "a batch of another version";
            case BAD_HEADER ->
                "a header that contradicts itself or its place (offset " + expectedOffset
                        + " was expected, and an epoch of at least " + lastEpoch + ")";
            case BAD_CRC -> "a batch whose checksum does not match its bytes";
        };
    }

    /** Offset after the batch found last. */
    public long expectedOffset() {
        return expectedOffset;
    }

    /** First byte after the batch found last. */
    public long position() {
        return position;
    }

    /**
     * Format version of the batch at {@link #position()} when the status is UNSUPPORTED_VERSION.
     */
    public int versionFound() throws IOException {
        ByteBuffer head = ByteBuffer.allocate(RecordBatch.HEADER_BYTES);
        SmallFile.readFully(file, head, position);
        return RecordBatch.at(head.flip(), 0).magic();
    }
}
