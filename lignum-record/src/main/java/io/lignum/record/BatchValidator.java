package io.lignum.record;

import java.nio.ByteBuffer;

/**
 * Checks a batch that was built elsewhere, at the listener that receives it, so that every consumer
 * can read what passes. Stateless. The rules, and who relies on them:
 *
 * <ul>
 *   <li>version, length, CRC and header: as {@link RecordBatch#check}. Recovery must find the same
 *       bytes sound.
 *   <li>attributes: a supported codec (not gzip or snappy). No timestamp type, which is the
 *       leader's to set. No transactional or control bit: a consumer would wait for a marker, or
 *       hide the records. No bit without a defined meaning.
 *   <li>records: they fill the batch exactly, and there are as many as the header says.
 *   <li>offset deltas: 0, 1, 2 …, since offsets are counted and not searched for.
 *   <li>sizes: not negative, and inside the batch; every header has a key.
 *   <li>timestamps: milliseconds {@code >= 0}, and the header's largest is the largest of the
 *       records. A search by time skips batches by it.
 *   <li>record size: within the limit, compressed or not, so that a reader's buffer can hold it.
 * </ul>
 *
 * <p>Not checked: whether header keys are well-formed UTF-8. They are stored byte for byte, and
 * read with the replacement character.
 */
public final class BatchValidator {
    private static final int KNOWN_ATTRIBUTES = BatchLayout.CODEC_MASK
            | BatchLayout.LOG_APPEND_TIME
            | BatchLayout.TRANSACTIONAL
            | BatchLayout.CONTROL;

    private BatchValidator() {}

    /**
     * Checks the batch at the position, and ignores the bytes after it.
     *
     * @param maxBatchBytes the largest batch, header included
     * @param maxUncompressedBytes the most that compressed records may decompress to
     * @param maxRecordBytes the most that key, value and headers of one record may have
     * @throws RecordException which says what rule is broken
     */
    public static void validate(
            ByteBuffer buffer,
            int position,
            int maxBatchBytes,
            int maxUncompressedBytes,
            int maxRecordBytes) {
        validate(
                buffer,
                position,
                maxBatchBytes,
                DecompressionLimit.of(maxUncompressedBytes),
                maxRecordBytes);
    }

    /** Checks the batch as above, and has the memory of decompressed records reserved first. */
    public static void validate(
            ByteBuffer buffer,
            int position,
            int maxBatchBytes,
            DecompressionLimit decompression,
            int maxRecordBytes) {
        checkHeader(buffer, position, maxBatchBytes);
        RecordBatch batch = RecordBatch.at(buffer, position);
        checkAttributes(batch);
        checkRecords(batch, batch.records(new RecordCursor(), decompression), maxRecordBytes);
    }

    private static void checkHeader(ByteBuffer buffer, int position, int maxBatchBytes) {
        switch (RecordBatch.check(buffer, position, maxBatchBytes)) {
            case VALID -> {}
            case EMPTY, INCOMPLETE ->
                throw new RecordException.InvalidBatch(
                        "batchLength", "the batch runs past the bytes given");
            case BAD_LENGTH -> throw badLength(buffer, position, maxBatchBytes);
            case UNSUPPORTED_VERSION ->
                throw new RecordException.UnsupportedVersion(
                        buffer.get(position + BatchLayout.MAGIC));
            case BAD_HEADER -> throw badHeader(buffer, position);
            case BAD_CRC ->
                throw new RecordException.InvalidBatch("crc", "does not match the bytes");
        }
    }

    private static RecordException badLength(ByteBuffer buffer, int position, int maxBatchBytes) {
        ByteBuffer bigEndian = buffer.duplicate();
        long length = bigEndian.getInt(position + BatchLayout.LENGTH);
        if (length < BatchLayout.MIN_LENGTH) {
            return new RecordException.InvalidBatch(
                    "batchLength", length + " is less than " + BatchLayout.MIN_LENGTH);
        }
        long size = length + BatchLayout.LENGTH_PREFIX;
        return new RecordException.TooLarge(
                RecordException.Subject.BATCH, "a batch of " + size + " bytes", maxBatchBytes);
    }

    private static RecordException badHeader(ByteBuffer buffer, int position) {
        if (buffer.get(position + BatchLayout.MAGIC) != BatchLayout.VERSION) {
            return new RecordException.InvalidBatch("magic", "is not a version");
        }
        String field = HeaderCheck.fault(RecordBatch.at(buffer, position));
        return new RecordException.InvalidBatch(
                field == null ? "header" : field, "out of range, or contradicts another field");
    }

    private static void checkAttributes(RecordBatch batch) {
        if ((batch.attributes() & ~KNOWN_ATTRIBUTES) != 0) {
            throw new RecordException.InvalidBatch("attributes", "unknown bits are set");
        }
        if (batch.isTransactional()) {
            throw new RecordException.InvalidBatch("attributes", "the transactional bit is set");
        }
        if (batch.isControl()) {
            throw new RecordException.InvalidBatch("attributes", "the control bit is set");
        }
        if ((batch.attributes() & BatchLayout.LOG_APPEND_TIME) != 0) {
            throw new RecordException.InvalidBatch("attributes", "the timestamp type bit is set");
        }
    }

    private static void checkRecords(RecordBatch batch, RecordCursor records, int maxRecordBytes) {
        long maxTimestamp = 0;
        while (records.next()) {
            if (records.recordAttributes() != 0) {
                throw new RecordException.InvalidBatch("record attributes", "unknown bits are set");
            }
            int bytes = records.keySize() + records.valueSize() + records.checkHeaders();
            if (bytes > maxRecordBytes) {
                throw new RecordException.TooLarge(
                        RecordException.Subject.RECORD,
                        "a record of " + bytes + " bytes",
                        maxRecordBytes);
            }
            maxTimestamp = Math.max(maxTimestamp, records.timestamp());
        }
        if (maxTimestamp != batch.maxTimestamp()) {
            throw new RecordException.InvalidBatch(
                    "maxTimestamp", "the largest of the records is " + maxTimestamp);
        }
    }
}
