package io.lignum.record;

import java.util.Locale;

/**
 * How the records of a batch are compressed: attributes bits 0 to 2. {@link #NONE}, {@link #LZ4}
 * and {@link #ZSTD} can be written and read; the other two are only known by name, so that a batch
 * that uses them is refused as what it is.
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

    /** Whether this library can read and write it, given the codec's library. */
    public boolean isSupported() {
        return this == NONE || this == LZ4 || this == ZSTD;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
