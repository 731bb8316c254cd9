package io.lignum.record;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Builds one uncompressed batch at a time, at the position of the caller's buffer: {@link #begin},
 * optionally {@link #producer}, {@link #append} until it returns false, {@link #finish}. Can be
 * reused; allocates nothing for a batch or a record. From begin to finish the builder owns the
 * buffer. One thread at a time.
 */
public final class RecordBatchBuilder {
    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    private final CRC32C crc = new CRC32C();

    private ByteBuffer target = NONE;
    private boolean open;
    private int start;
    private int count;
    private long baseOffset;
    private int epoch;
    private long baseTimestamp;
    private long maxTimestamp;
    private long producerId;
    private short producerEpoch;
    private int baseSequence;

    public RecordBatchBuilder() {}

    /**
     * Starts a batch and reserves its header.
     *
     * @param target big-endian, heap or direct, with at least {@link RecordBatch#HEADER_BYTES} left
     * @param baseOffset offset of the first record, {@code >= 0}
     * @param epoch epoch of the leader that writes it, {@code >= 0}
     */
    public void begin(ByteBuffer target, long baseOffset, int epoch) {
        if (open) {
            throw new IllegalStateException("a batch is already open");
        }
        if (target.order() != ByteOrder.BIG_ENDIAN || target.isReadOnly()) {
            throw new IllegalArgumentException("the target must be big-endian and writable");
        }
        if (target.remaining() < BatchLayout.RECORDS) {
            throw new IllegalArgumentException("a batch header needs " + BatchLayout.RECORDS
                    + " bytes, the target has " + target.remaining());
        }
        if (baseOffset < 0 || epoch < 0) {
            throw new IllegalArgumentException(
                    "base offset and epoch must be >= 0, are " + baseOffset + " and " + epoch);
        }
        this.target = target;
        this.baseOffset = baseOffset;
        this.epoch = epoch;
        open = true;
        start = target.position();
        count = 0;
        producerId = BatchLayout.NO_PRODUCER;
        producerEpoch = BatchLayout.NO_PRODUCER;
        baseSequence = BatchLayout.NO_PRODUCER;
        target.position(start + BatchLayout.RECORDS);
    }

    /** Sets the producer of the open batch; ranges as in {@link ProducerStamp}. */
    public void producer(long producerId, short producerEpoch, int baseSequence) {
        requireOpen();
        if (producerId < 0 || producerEpoch < 0 || baseSequence < 0) {
            throw new IllegalArgumentException("producer id, epoch and sequence must be >= 0, are "
                    + producerId + ", " + producerEpoch + ", " + baseSequence);
        }
        this.producerId = producerId;
        this.producerEpoch = producerEpoch;
        this.baseSequence = baseSequence;
    }

    /**
     * Appends a record.
     *
     * @param timestamp milliseconds since the epoch, {@code >= 0}; the record's own is ignored
     * @return false when the record does not fit into the rest of the target; then nothing was
     *     written
     */
    public boolean append(long timestamp, LogRecord record) {
        return append(timestamp, record.key(), record.value(), record.headers());
    }

    /** Appends a record, given in its parts, as {@link #append(long, LogRecord)} does. */
    public boolean append(
            long timestamp,
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<RecordHeader> headers) {
        requireOpen();
        if (timestamp < 0) {
            throw new IllegalArgumentException("timestamp must be >= 0, is " + timestamp);
        }
        ByteBuffer to = target;
        int index = count;
        // Neither side is negative, so the difference cannot overflow.
        long delta = index == 0 ? 0 : timestamp - baseTimestamp;
        long payload = RecordEncoder.payloadSize(key, value, headers);
        long body = RecordEncoder.bodySize(delta, index, payload);
        int spaceBytes = to.remaining();
        if (body > spaceBytes || body + Varints.sizeOf((int) body) > spaceBytes) {
            return false;
        }
        int p = RecordEncoder.putFrame(to, to.position(), (int) body, delta, index);
        to.position(RecordEncoder.putPayload(to, p, key, value, headers));
        if (index == 0) {
            baseTimestamp = timestamp;
            maxTimestamp = timestamp;
        } else if (timestamp > maxTimestamp) {
            maxTimestamp = timestamp;
        }
        count = index + 1;
        return true;
    }

    /** Number of records in the open batch. */
    public int recordCount() {
        return open ? count : 0;
    }

    public boolean isOpen() {
        return open;
    }

    /** Bytes of the open batch so far, its header included; 0 when none is open. */
    public int sizeInBytes() {
        return open ? target.position() - start : 0;
    }

    /**
     * Writes the header, and leaves the target's position at the end of the batch.
     *
     * @return the size of the batch in bytes
     * @throws IllegalStateException the batch has no record; it stays open
     */
    public int finish() {
        requireOpen();
        if (count == 0) {
            throw new IllegalStateException("a batch has at least one record");
        }
        ByteBuffer to = target;
        int size = to.position() - start;
        writeHeader(to, size);
        stampCrc(to, start, size, crc);
        close();
        return size;
    }

    private void writeHeader(ByteBuffer to, int size) {
        int at = start;
        to.putLong(at + BatchLayout.BASE_OFFSET, baseOffset);
        to.putInt(at + BatchLayout.LENGTH, size - BatchLayout.LENGTH_PREFIX);
        to.putInt(at + BatchLayout.EPOCH, epoch);
        to.put(at + BatchLayout.MAGIC, BatchLayout.VERSION);
        to.putShort(at + BatchLayout.ATTRIBUTES, (short) Compression.NONE.id());
        to.putInt(at + BatchLayout.LAST_OFFSET_DELTA, count - 1);
        to.putLong(at + BatchLayout.BASE_TIMESTAMP, baseTimestamp);
        to.putLong(at + BatchLayout.MAX_TIMESTAMP, maxTimestamp);
        to.putLong(at + BatchLayout.PRODUCER_ID, producerId);
        to.putShort(at + BatchLayout.PRODUCER_EPOCH, producerEpoch);
        to.putInt(at + BatchLayout.BASE_SEQUENCE, baseSequence);
        to.putInt(at + BatchLayout.RECORDS_COUNT, count);
    }

    /**
     * Computes and writes the CRC of a batch whose other bytes are final. Moves the buffer's bounds
     * and restores them, which saves a view and is safe because no other code uses the buffer now.
     */
    static void stampCrc(ByteBuffer buffer, int start, int size, CRC32C crc) {
        int position = buffer.position();
        int limit = buffer.limit();
        buffer.limit(start + size).position(start + BatchLayout.ATTRIBUTES);
        crc.reset();
        crc.update(buffer);
        buffer.limit(limit).position(position);
        buffer.putInt(start + BatchLayout.CRC, (int) crc.getValue());
    }

    /** Abandons the open batch; the target's position is that of begin again. */
    public void abandon() {
        requireOpen();
        target.position(start);
        close();
    }

    private void close() {
        open = false;
        target = NONE;
    }

    private void requireOpen() {
        if (!open) {
            throw new IllegalStateException("no batch is open");
        }
    }

    /**
     * The most bytes that the record takes in any batch, without the batch's header.
     *
     * @throws RecordException.TooLarge that is more than a buffer can hold
     */
    public static int sizeInBytes(LogRecord record) {
        return BatchAssembler.boundedSize(RecordEncoder.maxSize(record));
    }

    /**
     * Builds one batch from a list, in a heap buffer of its own from position 0 to its limit, with
     * base offset and epoch 0 until it is stamped.
     *
     * @param nowMillis the timestamp of the records that have none, milliseconds since the epoch
     * @throws IllegalArgumentException the list is empty
     * @throws RecordException.MissingCodec the codec's library is not available
     * @throws RecordException.UnsupportedCodec for gzip and snappy
     * @throws RecordException.TooLarge the batch is more than a buffer can hold
     */
    public static ByteBuffer build(
            List<LogRecord> records, Compression compression, long nowMillis) {
        return BatchAssembler.build(records, compression, nowMillis, null);
    }

    /** Builds one batch of a producer; see {@link #build(List, Compression, long)}. */
    public static ByteBuffer build(
            List<LogRecord> records,
            Compression compression,
            long nowMillis,
            ProducerStamp producer) {
        return BatchAssembler.build(records, compression, nowMillis, producer);
    }

    /**
     * Compresses the records of a finished, uncompressed batch into a heap buffer; returns the
     * batch itself for {@link Compression#NONE}.
     *
     * @param plain on the heap, from position 0 to its limit
     * @throws RecordException.MissingCodec the codec's library is not available
     * @throws RecordException.UnsupportedCodec for gzip and snappy
     */
    public static ByteBuffer compress(ByteBuffer plain, Compression compression) {
        return compression == Compression.NONE
                ? plain
                : BatchAssembler.compressed(plain, compression);
    }
}
