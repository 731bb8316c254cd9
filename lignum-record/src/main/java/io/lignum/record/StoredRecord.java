package io.lignum.record;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * A record read from a log: a copy, independent of the bytes that it was read from.
 *
 * @param offset its place in the log, 0-based and dense
 * @param timestamp milliseconds since the epoch, {@code >= 0}
 */
@SuppressWarnings("ArrayRecordComponent") // equals, hashCode and toString go by content.
public record StoredRecord(
        long offset,
        long timestamp,
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<RecordHeader> headers) {
    // Spelled out, because a compact one loses the annotations of its parameters in the class file.
    public StoredRecord(
            long offset,
            long timestamp,
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<RecordHeader> headers) {
        this.offset = offset;
        this.timestamp = timestamp;
        this.key = key;
        this.value = value;
        this.headers = List.copyOf(headers);
    }

    /** The value as UTF-8; a null value is the empty text. */
    public String text() {
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StoredRecord that
                && offset == that.offset
                && timestamp == that.timestamp
                && Arrays.equals(key, that.key)
                && Arrays.equals(value, that.value)
                && headers.equals(that.headers);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Long.hashCode(offset) + Arrays.hashCode(key)) + Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return "record " + offset + " at " + timestamp + " ms, key "
                + (key == null ? "null" : key.length + " B") + ", value "
                + (value == null ? "null" : value.length + " B") + ", headers " + headers;
    }
}
