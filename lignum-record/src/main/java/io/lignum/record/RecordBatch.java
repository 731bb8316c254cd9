package io.lignum.record;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Reads and stamps one batch inside a buffer, without copies. The view can be reused and does not
 * own the buffer. It does not check the bytes, so {@link #check} them first. It never changes the
 * buffer's position or limit, so several views on several threads may share a buffer; one view is
 * for one thread at a time.
 */
public final class RecordBatch {
    /** Bytes before the first record. */
    public static final int HEADER_BYTES = BatchLayout.RECORDS;

    /** Bytes needed to know a batch's size: base offset and length. */
    public static final int LENGTH_PREFIX_BYTES = BatchLayout.LENGTH_PREFIX;

    /** Bytes at the start that the CRC does not cover, with the CRC itself. */
    public static final int UNCOVERED_BYTES = BatchLayout.ATTRIBUTES;

    /** Limit of decompressed records when the caller names none: 64 MiB. */
    public static final int DEFAULT_MAX_UNCOMPRESSED_BYTES = 64 << 20;

    private ByteBuffer buffer = ByteBuffer.allocate(BatchLayout.RECORDS);
    private int start;

    /** A view without a batch, for {@link #wrap}. */
    public RecordBatch() {}

    public static RecordBatch at(ByteBuffer buffer, int position) {
        return new RecordBatch().wrap(buffer, position);
    }

    /**
     * Moves the view to the batch at this position.
     *
     * @throws IndexOutOfBoundsException no header fits between the position and the limit
     */
    public RecordBatch wrap(ByteBuffer buffer, int position) {
        if (position < 0 || position > buffer.limit() - HEADER_BYTES) {
            throw new IndexOutOfBoundsException(
                    "no batch header fits between " + position + " and " + buffer.limit());
        }
        this.buffer = bigEndian(buffer);
        this.start = position;
        return this;
    }

    private static ByteBuffer bigEndian(ByteBuffer buffer) {
        // A duplicate is big-endian, whatever the order of the original.
        return buffer.order() == ByteOrder.BIG_ENDIAN ? buffer : buffer.duplicate();
    }

    /**
     * Checks the bytes from the position to the buffer's limit. Never throws because of them, never
     * reads past the limit, and reads at most {@code maxBatchBytes}. The CRC covers the records,
     * but they are not decoded: {@link BatchValidator} does that.
     *
     * @param maxBatchBytes the largest batch the caller accepts, header included
     */
    public static BatchStatus check(ByteBuffer buffer, int position, int maxBatchBytes) {
        return HeaderCheck.check(bigEndian(buffer), position, maxBatchBytes);
    }

    public long baseOffset() {
        return buffer.getLong(start + BatchLayout.BASE_OFFSET);
    }

    /** Offset of the last record, inclusive. */
    public long lastOffset() {
        return baseOffset() + lastOffsetDelta();
    }

    /** Offset of the record after this batch. */
    public long nextOffset() {
        return lastOffset() + 1;
    }

    int lastOffsetDelta() {
        return buffer.getInt(start + BatchLayout.LAST_OFFSET_DELTA);
    }

    /** Bytes of the whole batch, header included. */
    public int sizeInBytes() {
        return buffer.getInt(start + BatchLayout.LENGTH) + BatchLayout.LENGTH_PREFIX;
    }

    /**
     * Bytes of the batch according to its length field, which can have any value in bytes that are
     * not checked.
     */
    public long claimedSizeInBytes() {
        return (long) buffer.getInt(start + BatchLayout.LENGTH) + BatchLayout.LENGTH_PREFIX;
    }

    /** Copies the first {@link #UNCOVERED_BYTES}, the CRC among them, to {@code target}. */
    public void copyUncovered(byte[] target, int at) {
        buffer.get(start, target, at, UNCOVERED_BYTES);
    }

    /** Epoch of the leader that stamped the batch; -1 before that. */
    public int epoch() {
        return buffer.getInt(start + BatchLayout.EPOCH);
    }

    public byte magic() {
        return buffer.get(start + BatchLayout.MAGIC);
    }

    /** The stored CRC. */
    public int crc() {
        return buffer.getInt(start + BatchLayout.CRC);
    }

    short attributes() {
        return buffer.getShort(start + BatchLayout.ATTRIBUTES);
    }

    /**
     * The codec of the records.
     *
     * @throws RecordException.UnsupportedCodec no codec has that number
     */
    public Compression compression() {
        return Compression.of(attributes() & BatchLayout.CODEC_MASK);
    }

    /** Whether the records are compressed, with any codec; never throws. */
    public boolean isCompressed() {
        return (attributes() & BatchLayout.CODEC_MASK) != 0;
    }

    public boolean isTransactional() {
        return (attributes() & BatchLayout.TRANSACTIONAL) != 0;
    }

    public boolean isControl() {
        return (attributes() & BatchLayout.CONTROL) != 0;
    }

    /** Timestamp of the first record, milliseconds since the epoch. */
    public long baseTimestamp() {
        return buffer.getLong(start + BatchLayout.BASE_TIMESTAMP);
    }

    /** The largest timestamp of a record, milliseconds since the epoch. */
    public long maxTimestamp() {
        return buffer.getLong(start + BatchLayout.MAX_TIMESTAMP);
    }

    /** Whether the batch has a producer; else the producer fields are -1. */
    public boolean hasProducer() {
        return producerId() >= 0;
    }

    public long producerId() {
        return buffer.getLong(start + BatchLayout.PRODUCER_ID);
    }

    public short producerEpoch() {
        return buffer.getShort(start + BatchLayout.PRODUCER_EPOCH);
    }

    public int baseSequence() {
        return buffer.getInt(start + BatchLayout.BASE_SEQUENCE);
    }

    /** Sequence of the last record; after 2^31 - 1 comes 0. */
    public int lastSequence() {
        return (baseSequence() + lastOffsetDelta()) & Integer.MAX_VALUE;
    }

    public int recordCount() {
        return buffer.getInt(start + BatchLayout.RECORDS_COUNT);
    }

    /** Whether the CRC matches the bytes; false also when the length is not possible. */
    public boolean crcMatches() {
        int size = sizeInBytes();
        if (size < HEADER_BYTES || size > buffer.limit() - start) {
            return false;
        }
        CRC32C crc = new CRC32C();
        ByteBuffer covered = buffer.duplicate();
        covered.limit(start + size).position(start + BatchLayout.ATTRIBUTES);
        crc.update(covered);
        return (int) crc.getValue() == crc();
    }

    /** Writes base offset and epoch into the batch; the CRC does not cover them. */
    public void stamp(long baseOffset, int epoch) {
        if (baseOffset < 0 || epoch < 0) {
            throw new IllegalArgumentException(
                    "base offset and epoch must be >= 0, are " + baseOffset + " and " + epoch);
        }
        buffer.putLong(start + BatchLayout.BASE_OFFSET, baseOffset);
        buffer.putInt(start + BatchLayout.EPOCH, epoch);
    }

    /**
     * Gives the batch to another producer, or another sequence of its producer, and computes its
     * CRC again.
     */
    public void stampProducer(ProducerStamp stamp) {
        buffer.putLong(start + BatchLayout.PRODUCER_ID, stamp.producerId());
        buffer.putShort(start + BatchLayout.PRODUCER_EPOCH, stamp.producerEpoch());
        buffer.putInt(start + BatchLayout.BASE_SEQUENCE, stamp.baseSequence());
        RecordBatchBuilder.stampCrc(buffer, start, sizeInBytes(), new CRC32C());
    }

    /** The batch's bytes, shared, from position 0 to the limit. */
    public ByteBuffer slice() {
        return buffer.slice(start, sizeInBytes());
    }

    /** The records, as {@link #records(RecordCursor, int)} with a new cursor and 64 MiB. */
    public RecordCursor records() {
        return records(DEFAULT_MAX_UNCOMPRESSED_BYTES);
    }

    /** The records, as {@link #records(RecordCursor, int)} with a new cursor. */
    public RecordCursor records(int maxUncompressedBytes) {
        return records(new RecordCursor(), maxUncompressedBytes);
    }

    /**
     * Opens a cursor before the first record. Without compression it reads the batch's own bytes,
     * which must not change meanwhile.
     *
     * @param maxUncompressedBytes most bytes that compressed records may decompress to
     * @throws RecordException.InvalidBatch header or compressed bytes are damaged
     * @throws RecordException.TooLarge they decompress to more than the limit
     * @throws RecordException.MissingCodec the codec's library is not available
     * @throws RecordException.UnsupportedCodec for gzip, snappy and unknown codecs
     */
    public RecordCursor records(RecordCursor reuse, int maxUncompressedBytes) {
        return records(reuse, DecompressionLimit.of(maxUncompressedBytes));
    }

    /**
     * Opens a cursor as {@link #records(RecordCursor, int)} does, and has the memory reserved
     * first.
     */
    public RecordCursor records(RecordCursor reuse, DecompressionLimit limit) {
        int size = sizeInBytes();
        if (size < HEADER_BYTES || size > buffer.limit() - start) {
            throw new RecordException.InvalidBatch("batchLength", "runs past the bytes given");
        }
        Compression compression = compression();
        if (compression == Compression.NONE) {
            return reuse.reset(this, buffer, start + HEADER_BYTES, start + size);
        }
        ByteBuffer packed = buffer.slice(start + HEADER_BYTES, size - HEADER_BYTES);
        ByteBuffer plain = CompressionCodecs.decompress(compression, packed, limit);
        return reuse.reset(this, plain, 0, plain.limit());
    }

    @Override
    public String toString() {
        return "batch " + baseOffset() + ".." + lastOffset() + ", epoch " + epoch() + ", "
                + recordCount() + " records, " + sizeInBytes() + " bytes";
    }
}
