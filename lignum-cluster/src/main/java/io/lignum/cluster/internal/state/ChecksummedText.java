package io.lignum.cluster.internal.state;

import io.lignum.record.Utf8;

import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Adds and checks the last line of a small text file, a CRC-32C of the lines before it. Stateless.
 */
final class ChecksummedText {

    private static final String KEY = "crc32c=";

    private ChecksummedText() {}

    /** The text of the file with these lines. */
    static String withChecksum(String body) {
        return body + KEY + crc(body) + "\n";
    }

    /** The lines before the checksum; empty if the checksum does not match. */
    static Optional<String> checked(String text) {
        int at = text.lastIndexOf(KEY);
        boolean holds =
                at >= 0 && text.substring(at).strip().equals(KEY + crc(text.substring(0, at)));
        return holds ? Optional.of(text.substring(0, at)) : Optional.empty();
    }

    private static String crc(String body) {
        CRC32C crc = new CRC32C();
        crc.update(Utf8.encode(body));
        return Long.toHexString(crc.getValue());
    }
}
