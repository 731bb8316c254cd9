package io.lignum.record;

/**
 * Defines the positions of all fields of a record batch of version 2. All numbers are big-endian.
 *
 * <pre>
 *        0               4               8              12              16
 *      0 +-------------------------------+---------------+---------------+
 *        |          baseOffset           |  batchLength  |     epoch     |
 *     16 +---+---------------+-------+---+-----------+---+---------------+
 *        |mag|      crc      | attr. |lastOffsetDelta|   baseTimestamp ..
 *     32 +---+---------------+-------+-+-------------+---------------+---+
 *        ..  baseTimestamp   |         maxTimestamp          |  producerId ..
 *     48 +-------------------+-------+---------------+-------+-----------+
 *        ..   producerId     |pEpoch |  baseSequence | recordsCount  |rec..
 *     64 +-------------------+-------+---------------+---------------+---+
 * </pre>
 *
 * The crc (CRC-32C) covers everything from the attributes to the end. The 21 bytes before are not
 * covered, so that a leader can stamp offset and epoch without touching it. {@code batchLength}
 * counts the bytes after itself.
 *
 * <pre>
 * attributes: bits 0-2 codec | 3 timestamp type | 4 transactional | 5 control | 6-15 unused
 * record:     length varint | attributes i8 | timestampDelta varlong | offsetDelta varint
 *             | key length varint, key | value length varint, value | header count varint, headers
 * header:     key length varint, key (UTF-8) | value length varint, value
 * </pre>
 *
 * Variable-length numbers are zigzag; length -1 is null. With a codec the records, and only they,
 * are one compressed stream.
 */
final class BatchLayout {
    static final int BASE_OFFSET = 0;
    static final int LENGTH = 8;
    static final int EPOCH = 12;
    static final int MAGIC = 16;
    static final int CRC = 17;
    static final int ATTRIBUTES = 21;
    static final int LAST_OFFSET_DELTA = 23;
    static final int BASE_TIMESTAMP = 27;
    static final int MAX_TIMESTAMP = 35;
    static final int PRODUCER_ID = 43;
    static final int PRODUCER_EPOCH = 51;
    static final int BASE_SEQUENCE = 53;
    static final int RECORDS_COUNT = 57;
    static final int RECORDS = 61;

    /** Bytes before those that {@code batchLength} counts. */
    static final int LENGTH_PREFIX = 12;

    /** The least {@code batchLength}: that of a header alone. */
    static final int MIN_LENGTH = RECORDS - LENGTH_PREFIX;

    static final byte VERSION = 2;

    static final int CODEC_MASK = 0b111;
    static final int LOG_APPEND_TIME = 1 << 3;
    static final int TRANSACTIONAL = 1 << 4;
    static final int CONTROL = 1 << 5;

    /** Length, attributes, two deltas, two null lengths and a header count, one byte each. */
    static final int MIN_RECORD_BYTES = 7;

    /** Value of the producer fields in a batch without a producer. */
    static final int NO_PRODUCER = -1;

    /** Value of the epoch in a batch of Kafka's producers, before a leader stamps it. */
    static final int UNSTAMPED_EPOCH = -1;

    private BatchLayout() {}
}
