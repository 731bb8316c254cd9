package io.lignum.storage.internal.segment;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Computes the CRC-32C of the engine's own small files. */
public final class Crc {

    private Crc() {}

    /** The CRC of bytes {@code [from, to)}; position and limit do not change. */
    public static int of(ByteBuffer bytes, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().limit(to).position(from));
        return (int) crc.getValue();
    }
}
