package io.lignum.record;

import java.nio.ByteBuffer;

/**
 * Encodes zigzag variable-length numbers: seven bits in a byte, lowest first, the top bit set in
 * all bytes but the last. Uses absolute positions, so that a caller keeps its position in a
 * register. Stateless.
 */
final class Varints {
    static final int MAX_INT_BYTES = 5;
    static final int MAX_LONG_BYTES = 10;

    private Varints() {}

    static int zigzag(int value) {
        return (value << 1) ^ (value >> 31);
    }

    static long zigzag(long value) {
        return (value << 1) ^ (value >> 63);
    }

    static int unzigzag(int raw) {
        return (raw >>> 1) ^ -(raw & 1);
    }

    static long unzigzag(long raw) {
        return (raw >>> 1) ^ -(raw & 1);
    }

    /** Bytes of the signed number, 1 to 5: ceil(bits / 7) without a division. */
    static int sizeOf(int value) {
        return (352 - Integer.numberOfLeadingZeros(zigzag(value)) * 9) >>> 6;
    }

    /** Bytes of the signed number, 1 to 10. */
    static int sizeOf(long value) {
        return (640 - Long.numberOfLeadingZeros(zigzag(value)) * 9) >>> 6;
    }

    /** Writes the number at the position and returns the position after it. */
    static int put(ByteBuffer target, int position, int value) {
        int raw = zigzag(value);
        int p = position;
        if ((raw & ~0x7F) == 0) {
            target.put(p, (byte) raw);
            return p + 1;
        }
        if ((raw & ~0x3FFF) == 0) {
            target.putShort(p, (short) ((raw & 0x7F) << 8 | 0x8000 | raw >> 7));
            return p + 2;
        }
        while ((raw & ~0x7F) != 0) {
            target.put(p++, (byte) (raw | 0x80));
            raw >>>= 7;
        }
        target.put(p++, (byte) raw);
        return p;
    }

    static int put(ByteBuffer target, int position, long value) {
        long raw = zigzag(value);
        int p = position;
        while ((raw & ~0x7FL) != 0) {
            target.put(p++, (byte) (raw | 0x80));
            raw >>>= 7;
        }
        target.put(p++, (byte) raw);
        return p;
    }
}
