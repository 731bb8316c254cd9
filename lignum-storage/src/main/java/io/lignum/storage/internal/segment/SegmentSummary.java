package io.lignum.storage.internal.segment;

import io.lignum.record.RecordBatch;

import org.jspecify.annotations.Nullable;

import java.util.zip.CRC32C;

/**
 * Sums up the batches of a segment up to a point: end offset, size, largest timestamp, last epoch
 * and checksum.
 *
 * <p>The checksum chains the first 21 bytes of each batch: the bytes that the batch's own CRC does
 * not cover, and that CRC, which covers the rest. So it proves every byte of the segment, at almost
 * no cost during appends. One thread at a time.
 */
public final class SegmentSummary {

    private long endOffset;
    private long sizeInBytes;
    private long maxTimestamp = -1;
    private int checksum;
    private int lastEpoch;
    private final CRC32C crc = new CRC32C();
    private final byte[] head = new byte[4 + RecordBatch.UNCOVERED_BYTES];

    public SegmentSummary(long baseOffset) {
        endOffset = baseOffset;
    }

    public SegmentSummary(
            long endOffset, long sizeInBytes, long maxTimestamp, int checksum, int lastEpoch) {
        this.endOffset = endOffset;
        this.sizeInBytes = sizeInBytes;
        this.maxTimestamp = maxTimestamp;
        this.checksum = checksum;
        this.lastEpoch = lastEpoch;
    }

    /**
     * Checks whether a segment with this base offset can have these values.
     *
     * @throws IllegalArgumentException it cannot
     */
    void checkAbove(long baseOffset) {
        Checks.range(
                "end offset", endOffset, Checks.offset("base offset", baseOffset), Long.MAX_VALUE);
        Checks.range("bytes", sizeInBytes, 0, Integer.MAX_VALUE);
        Checks.range("largest timestamp", maxTimestamp, -1, Long.MAX_VALUE);
        Checks.range("last epoch", lastEpoch, 0, Integer.MAX_VALUE);
    }

    public void add(RecordBatch batch) {
        Checks.invariant(batch.baseOffset() == endOffset, "batches of a segment follow each other");
        endOffset = batch.nextOffset();
        sizeInBytes += batch.sizeInBytes();
        maxTimestamp = Math.max(maxTimestamp, batch.maxTimestamp());
        lastEpoch = batch.epoch();
        checksum = chain(batch);
    }

    private int chain(RecordBatch batch) {
        head[0] = (byte) (checksum >>> 24);
        head[1] = (byte) (checksum >>> 16);
        head[2] = (byte) (checksum >>> 8);
        head[3] = (byte) checksum;
        batch.copyUncovered(head, 4);
        crc.reset();
        crc.update(head, 0, head.length);
        return (int) crc.getValue();
    }

    public long endOffset() {
        return endOffset;
    }

    public long sizeInBytes() {
        return sizeInBytes;
    }

    public long maxTimestamp() {
        return maxTimestamp;
    }

    int checksum() {
        return checksum;
    }

    public int lastEpoch() {
        return lastEpoch;
    }

    public SegmentSummary copy() {
        return new SegmentSummary(endOffset, sizeInBytes, maxTimestamp, checksum, lastEpoch);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SegmentSummary that
                && endOffset == that.endOffset
                && sizeInBytes == that.sizeInBytes
                && maxTimestamp == that.maxTimestamp
                && checksum == that.checksum
                && lastEpoch == that.lastEpoch;
    }

    @Override
    public int hashCode() {
        return checksum;
    }

    @Override
    public String toString() {
        return sizeInBytes + " bytes up to offset " + endOffset + " with checksum "
                + Integer.toHexString(checksum);
    }
}
