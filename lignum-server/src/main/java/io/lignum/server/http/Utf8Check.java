package io.lignum.server.http;

import java.util.List;
import java.util.OptionalLong;

/**
 * Finds the first byte of a text that is not UTF-8. The JSON parser accepts overlong encodings and
 * code points that do not exist, so that two different keys could become one. Stateless; any
 * thread.
 */
final class Utf8Check {

    private int left;
    private int least = 0x80;
    private int most = 0xBF;

    private Utf8Check() {}

    /** Returns the index, over all pieces, of the first byte that is not UTF-8; empty if none. */
    static OptionalLong firstWrong(List<byte[]> pieces) {
        Utf8Check check = new Utf8Check();
        long before = 0;
        for (byte[] piece : pieces) {
            for (int i = 0; i < piece.length; i++) {
                if (!check.takes(piece[i] & 0xFF)) {
                    return OptionalLong.of(before + i);
                }
            }
            before += piece.length;
        }
        return check.left == 0 ? OptionalLong.empty() : OptionalLong.of(before);
    }

    private boolean takes(int value) {
        if (left == 0) {
            return value < 0x80 || begins(value);
        }
        boolean fits = value >= least && value <= most;
        left--;
        least = 0x80;
        most = 0xBF;
        return fits;
    }

    /** The second byte's range excludes longer encodings, surrogates and what is above U+10FFFF. */
    private boolean begins(int lead) {
        if (lead < 0xC2 || lead > 0xF4) {
            return false;
        }
        left = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
        least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        return true;
    }
}
