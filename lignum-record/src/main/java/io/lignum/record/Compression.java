package io.lignum.record;

import java.util.Locale;

/**
 * Names the compression of a batch's records: attributes bits 0 to 2. {@link #NONE}, {@link #LZ4}
 * and {@link #ZSTD} can be written and read. The other two exist only so that the refusal of such a
 * batch names its codec.
 */
public enum Compression {
    NONE(0),
    GZIP(1),
    SNAPPY(2),
    LZ4(3),
    ZSTD(4);

    private static final Compression[] BY_ID = values();

    private final int id;

    Compression(int id) {
        this.id = id;
    }

    /** The number in the batch's attributes, 0 to 4. */
    public int id() {
        return id;
    }

    /**
     * The codec of that number.
     *
     * @throws RecordException.UnsupportedCodec when no codec has it
     */
    public static Compression of(int id) {
        if (id < 0 || id >= BY_ID.length) {
            throw new RecordException.UnsupportedCodec("codec " + id);
        }
        return BY_ID[id];
    }

    /** Whether batches with this codec can be read and written, given the codec's library. */
    public boolean isSupported() {
        return this == NONE || this == LZ4 || this == ZSTD;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
