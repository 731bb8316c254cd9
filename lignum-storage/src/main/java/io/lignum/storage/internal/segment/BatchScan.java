package io.lignum.storage.internal.segment;

import io.lignum.record.BatchStatus;
import io.lignum.record.RecordBatch;
import io.lignum.storage.env.DiskFile;
import io.lignum.storage.env.SmallFile;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads the batches of a file in order and validates each of them. A batch is valid if its CRC is
 * right and, for the bytes that the CRC does not cover, if it continues the batch before: its base
 * offset is the end offset of that batch, and its epoch is not lower. The length is right if the
 * CRC is. An invalid batch is read a second time before the scan reports it. One thread at a time.
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

    /** Goes to the next batch; false at the end, and before bytes that are not the next batch. */
    public boolean next() throws IOException {
        if (position >= end) {
            status = BatchStatus.EMPTY;
            return false;
        }
        status = load();
        if (status != BatchStatus.VALID && status != BatchStatus.EMPTY) {
            window.clear(); // A read can fail once, so only a second failure counts.
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

    /** The batch that {@link #next} found; valid until the next call. */
    public RecordBatch batch() {
        return window.batch();
    }

    /** What stands at {@link #position()} after {@code next} returned false. */
    public BatchStatus status() {
        return status;
    }

    /** The status as a phrase for people. */
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

    /** Offset after the last batch found. */
    public long expectedOffset() {
        return expectedOffset;
    }

    /** First byte after the last batch found. */
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
