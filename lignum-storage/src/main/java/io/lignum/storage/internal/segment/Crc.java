package io.lignum.storage.internal.segment;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC-32C over the bytes of our own small files. */
public final class Crc {

    private Crc() {}

    /** Of the bytes {@code [from, to)}; position and limit stay as they are. */
    public static int of(ByteBuffer bytes, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().limit(to).position(from));
        return (int) crc.getValue();
    }
}
