package io.lignum.record;

import java.nio.ByteBuffer;
import java.util.OptionalInt;

/**
 * Encodes text as UTF-8. Refuses an unpaired surrogate, which has no bytes in UTF-8:
 * {@link String#getBytes} would store '?' for it, so that two different keys could become one. All
 * text that becomes bytes is encoded here. Stateless.
 */
public final class Utf8 {
    private Utf8() {}

    /**
     * The text's bytes.
     *
     * @throws IllegalArgumentException the text has an unpaired surrogate; the message says where
     */
    public static byte[] encode(String text) {
        byte[] bytes = new byte[sizeOf(text)];
        put(ByteBuffer.wrap(bytes), 0, text);
        return bytes;
    }

    /**
     * Counts the bytes of the text; allocates nothing.
     *
     * @throws IllegalArgumentException the text has an unpaired surrogate; the message says where
     */
    public static int sizeOf(String text) {
        int chars = text.length();
        long bytes = chars;
        for (int i = 0; i < chars; i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                continue;
            }
            if (c < 0x800) {
                bytes += 1;
            } else if (!Character.isSurrogate(c)) {
                bytes += 2;
            } else if (isPair(text, i)) {
                bytes += 2; // Two chars, four bytes.
                i++;
            } else {
                throw unpaired(text, i);
            }
        }
        return Math.toIntExact(bytes);
    }

    /**
     * The index of the first half of a surrogate pair without its other half; empty if the text has
     * none.
     */
    public static OptionalInt unpairedSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!isPair(text, i)) {
                    return OptionalInt.of(i);
                }
                i++;
            }
        }
        return OptionalInt.empty();
    }

    /** Writes the text at the position and returns the position after it. */
    static int put(ByteBuffer target, int position, String text) {
        int p = position;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                target.put(p++, (byte) c);
            } else if (c < 0x800) {
                target.put(p++, (byte) (0xC0 | (c >> 6)));
                target.put(p++, (byte) (0x80 | (c & 0x3F)));
            } else if (!Character.isSurrogate(c)) {
                target.put(p++, (byte) (0xE0 | (c >> 12)));
                target.put(p++, (byte) (0x80 | ((c >> 6) & 0x3F)));
                target.put(p++, (byte) (0x80 | (c & 0x3F)));
            } else if (isPair(text, i)) {
                p = putPair(target, p, text.codePointAt(i));
                i++;
            } else {
                throw unpaired(text, i);
            }
        }
        return p;
    }

    private static int putPair(ByteBuffer target, int position, int codePoint) {
        target.put(position, (byte) (0xF0 | (codePoint >> 18)));
        target.put(position + 1, (byte) (0x80 | ((codePoint >> 12) & 0x3F)));
        target.put(position + 2, (byte) (0x80 | ((codePoint >> 6) & 0x3F)));
        target.put(position + 3, (byte) (0x80 | (codePoint & 0x3F)));
        return position + 4;
    }

    private static boolean isPair(String text, int index) {
        return index + 1 < text.length()
                && Character.isSurrogatePair(text.charAt(index), text.charAt(index + 1));
    }

    private static IllegalArgumentException unpaired(String text, int index) {
        return new IllegalArgumentException(
                "the text has an unpaired surrogate (\\u%04x) at index %d, which has no bytes in UTF-8"
                        .formatted((int) text.charAt(index), index));
    }
}
