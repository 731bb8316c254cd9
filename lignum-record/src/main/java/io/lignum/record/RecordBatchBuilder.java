package io.lignum.record;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Builds one uncompressed batch at a time at the position of the caller's buffer: {@link #begin},
 * optionally {@link #producer}, {@link #append} until it says false, {@link #finish}. Reusable;
 * allocates nothing per batch or record. Between begin and finish the buffer belongs to the
 * builder. One thread at a time.
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

    /** Marks the open batch as the producer's; ranges as in {@link ProducerStamp}. */
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
     * Appends the record.
     *
     * @param timestamp milliseconds since the epoch, {@code >= 0}; the record's own is not looked
     *     at
     * @return false when it does not fit into what is left of the target; then nothing was written
     */
    public boolean append(long timestamp, LogRecord record) {
        return append(timestamp, record.key(), record.value(), record.headers());
    }

    /** As {@link #append(long, LogRecord)}, from the record's parts. */
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
        int room = to.remaining();
        if (body > room || body + Varints.sizeOf((int) body) > room) {
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

    /** Records in the open batch. */
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
     * Writes the header and leaves the target's position at the end of the batch.
     *
     * @return the size of the batch in bytes
     * @throws IllegalStateException when it has no record; it stays open
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
     * Computes and writes the CRC of a batch whose bytes are otherwise final. The buffer's own
     * bounds are moved and put back, which saves a view and is safe as nobody else holds it now.
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

    /** Gives the open batch up: the target's position is again that of begin. */
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
     * The most bytes the record takes in any batch, the batch's header not included.
     *
     * @throws RecordException.TooLarge when that is more than a buffer can hold
     */
    public static int sizeInBytes(LogRecord record) {
        return BatchAssembler.boundedSize(RecordEncoder.maxSize(record));
    }

    /**
     * One batch from a list, in a heap buffer of its own from position 0 to its limit, with base
     * offset and epoch 0 until it is stamped.
     *
     * @param nowMillis the timestamp of the records that have none, milliseconds since the epoch
     * @throws IllegalArgumentException when the list is empty
     * @throws RecordException.MissingCodec when the codec's library is not there
     * @throws RecordException.UnsupportedCodec for gzip and snappy
     * @throws RecordException.TooLarge when the batch is more than a buffer can hold
     */
    public static ByteBuffer build(
            List<LogRecord> records, Compression compression, long nowMillis) {
        return BatchAssembler.build(records, compression, nowMillis, null);
    }

    /** As {@link #build(List, Compression, long)}, marked as the producer's. */
    public static ByteBuffer build(
            List<LogRecord> records,
            Compression compression,
            long nowMillis,
            ProducerStamp producer) {
        return BatchAssembler.build(records, compression, nowMillis, producer);
    }

    /**
     * A finished, uncompressed batch with its records compressed, in a heap buffer of its own; with
     * {@link Compression#NONE} the batch itself.
     *
     * @param plain on the heap, from position 0 to its limit
     * @throws RecordException.MissingCodec when the codec's library is not there
     * @throws RecordException.UnsupportedCodec for gzip and snappy
     */
    public static ByteBuffer compress(ByteBuffer plain, Compression compression) {
        return compression == Compression.NONE
                ? plain
                : BatchAssembler.compressed(plain, compression);
    }
}
