package io.lignum.record;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/**
 * Checks the bytes at a position, from the cheapest test to the most expensive one, the CRC.
 * Stateless.
 */
final class HeaderCheck {
    private HeaderCheck() {}

    static BatchStatus check(ByteBuffer buffer, int position, int maxBatchBytes) {
        int available = buffer.limit() - position;
        if (position < 0 || available < 0) {
            return BatchStatus.INCOMPLETE;
        }
        if (isZero(buffer, position, Math.min(available, BatchLayout.RECORDS))) {
            return BatchStatus.EMPTY;
        }
        if (available < BatchLayout.LENGTH_PREFIX) {
            return BatchStatus.INCOMPLETE;
        }
        int length = buffer.getInt(position + BatchLayout.LENGTH);
        long size = (long) length + BatchLayout.LENGTH_PREFIX;
        if (length < BatchLayout.MIN_LENGTH || size > maxBatchBytes) {
            return BatchStatus.BAD_LENGTH;
        }
        if (available <= BatchLayout.MAGIC) {
            return BatchStatus.INCOMPLETE;
        }
        byte magic = buffer.get(position + BatchLayout.MAGIC);
        if (magic != BatchLayout.VERSION) {
            return otherVersion(buffer, position, magic);
        }
        if (available < size) {
            return BatchStatus.INCOMPLETE;
        }
        RecordBatch batch = new RecordBatch().wrap(buffer, position);
        if (fault(batch) != null) {
            return BatchStatus.BAD_HEADER;
        }
        return batch.crcMatches() ? BatchStatus.VALID : BatchStatus.BAD_CRC;
    }

    /**
     * Blocks are written before they are used, so a header torn between two disk sectors ends in
     * zeros. That must not pass for version 0, which would keep a log from ever opening again.
     */
    private static BatchStatus otherVersion(ByteBuffer buffer, int position, byte magic) {
        int from = position + BatchLayout.MAGIC;
        int bytes = Math.min(buffer.limit(), position + BatchLayout.RECORDS) - from;
        boolean torn = magic == 0 && isZero(buffer, from, bytes);
        return torn || magic < 0 ? BatchStatus.BAD_HEADER : BatchStatus.UNSUPPORTED_VERSION;
    }

    private static boolean isZero(ByteBuffer buffer, int from, int bytes) {
        for (int i = from; i < from + bytes; i++) {
            if (buffer.get(i) != 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * The first field of a whole header that contradicts itself or another field; null if none
     * does. Ignores attribute bits: with a CRC that matches, an unknown bit is a newer format, and
     * not damage.
     */
    static @Nullable String fault(RecordBatch batch) {
        int count = batch.recordCount();
        int recordBytes = batch.sizeInBytes() - BatchLayout.RECORDS;
        boolean plain = (batch.attributes() & BatchLayout.CODEC_MASK) == Compression.NONE.id();
        if (count < 1 || (plain && (long) count * BatchLayout.MIN_RECORD_BYTES > recordBytes)) {
            return "recordsCount";
        }
        if (batch.lastOffsetDelta() != count - 1) {
            return "lastOffsetDelta";
        }
        if (batch.baseOffset() < 0 || batch.baseOffset() > Long.MAX_VALUE - count) {
            return "baseOffset";
        }
        if (batch.epoch() < BatchLayout.UNSTAMPED_EPOCH) {
            return "partitionLeaderEpoch";
        }
        if (batch.baseTimestamp() < 0) {
            return "baseTimestamp";
        }
        if (batch.maxTimestamp() < batch.baseTimestamp()) {
            return "maxTimestamp";
        }
        return producerFault(batch);
    }

    private static @Nullable String producerFault(RecordBatch batch) {
        int least = batch.hasProducer() ? 0 : BatchLayout.NO_PRODUCER;
        int most = batch.hasProducer() ? Integer.MAX_VALUE : BatchLayout.NO_PRODUCER;
        if (batch.producerId() < BatchLayout.NO_PRODUCER) {
            return "producerId";
        }
        if (batch.producerEpoch() < least || batch.producerEpoch() > most) {
            return "producerEpoch";
        }
        if (batch.baseSequence() < least || batch.baseSequence() > most) {
            return "baseSequence";
        }
        return null;
    }
}
