package io.lignum.record;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Measures and writes single records; stateless, allocates nothing. A record has a frame (length,
 * attributes, deltas), which depends on its place in the batch, and a payload (key, value,
 * headers), which does not.
 */
final class RecordEncoder {
    private static final int ATTRIBUTES_BYTES = 1;
    private static final int MAX_FRAME_BYTES = Varints.MAX_INT_BYTES
            + ATTRIBUTES_BYTES
            + Varints.MAX_LONG_BYTES
            + Varints.MAX_INT_BYTES;

    private RecordEncoder() {}

    /** Exact bytes of the record after its length field. */
    static long bodySize(long timestampDelta, int offsetDelta, long payloadBytes) {
        return ATTRIBUTES_BYTES
                + Varints.sizeOf(timestampDelta)
                + Varints.sizeOf(offsetDelta)
                + payloadBytes;
    }

    /** Exact bytes of the payload; a long cannot overflow here. */
    static long payloadSize(
            byte @Nullable [] key, byte @Nullable [] value, List<RecordHeader> headers) {
        return sizeOf(key) + sizeOf(value) + sizeOf(headers);
    }

    /** The most bytes the record takes in any batch, its length field included. */
    static long maxSize(LogRecord record) {
        return MAX_FRAME_BYTES + payloadSize(record.key(), record.value(), record.headers());
    }

    private static long sizeOf(byte @Nullable [] bytes) {
        return bytes == null ? 1 : (long) Varints.sizeOf(bytes.length) + bytes.length;
    }

    private static long sizeOf(List<RecordHeader> headers) {
        int count = headers.size();
        if (count == 0) {
            return 1;
        }
        long bytes = Varints.sizeOf(count);
        // By index: an iterator would be one allocation for each record.
        for (int i = 0; i < count; i++) {
            RecordHeader header = headers.get(i);
            int keyBytes = Utf8.sizeOf(header.key());
            bytes += Varints.sizeOf(keyBytes) + (long) keyBytes + sizeOf(header.value());
        }
        return bytes;
    }

    /** Writes the frame and returns the position after it. */
    static int putFrame(
            ByteBuffer target, int position, int bodyBytes, long timestampDelta, int offsetDelta) {
        int p = Varints.put(target, position, bodyBytes);
        target.put(p++, (byte) 0); // Attributes: none are defined for a record.
        p = Varints.put(target, p, timestampDelta);
        return Varints.put(target, p, offsetDelta);
    }

    /** Writes the payload and returns the position after it. */
    static int putPayload(
            ByteBuffer target,
            int position,
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<RecordHeader> headers) {
        int p = putBytes(target, position, key);
        p = putBytes(target, p, value);
        int count = headers.size();
        p = Varints.put(target, p, count);
        for (int i = 0; i < count; i++) {
            RecordHeader header = headers.get(i);
            p = Varints.put(target, p, Utf8.sizeOf(header.key()));
            p = Utf8.put(target, p, header.key());
            p = putBytes(target, p, header.value());
        }
        return p;
    }

    private static int putBytes(ByteBuffer target, int position, byte @Nullable [] bytes) {
        if (bytes == null) {
            return Varints.put(target, position, -1);
        }
        int p = Varints.put(target, position, bytes.length);
        target.put(p, bytes, 0, bytes.length);
        return p + bytes.length;
    }
}
