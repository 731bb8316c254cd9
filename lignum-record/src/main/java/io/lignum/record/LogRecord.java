package io.lignum.record;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.OptionalLong;

/**
 * A record to append: key, value, headers and timestamp. Immutable by convention: arrays are not
 * copied, so they must not change until the append that takes them has returned.
 */
public final class LogRecord {
    private static final long UNSTAMPED = -1;

    private final byte @Nullable [] key;
    private final byte @Nullable [] value;
    private final List<RecordHeader> headers;
    /** Negative when the append sets the timestamp; not visible outside this class. */
    private final long timestamp;

    private LogRecord(
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<RecordHeader> headers,
            long timestamp) {
        this.key = key;
        this.value = value;
        this.headers = headers;
        this.timestamp = timestamp;
    }

    /** A record without key and headers; the append sets its timestamp. */
    public static LogRecord of(byte @Nullable [] value) {
        return new LogRecord(null, value, List.of(), UNSTAMPED);
    }

    /**
     * A record whose value is this text in UTF-8.
     *
     * @throws IllegalArgumentException the text has an unpaired surrogate
     */
    public static LogRecord of(String value) {
        return of(Utf8.encode(value));
    }

    public static LogRecord of(byte @Nullable [] key, byte @Nullable [] value) {
        return new LogRecord(key, value, List.of(), UNSTAMPED);
    }

    /**
     * A copy with its own timestamp.
     *
     * @param epochMillis milliseconds since the epoch, {@code >= 0}
     * @throws IllegalArgumentException it is negative
     */
    public LogRecord withTimestamp(long epochMillis) {
        if (epochMillis < 0) {
            throw new IllegalArgumentException("timestamp must be >= 0, is " + epochMillis);
        }
        return new LogRecord(key, value, headers, epochMillis);
    }

    public LogRecord withHeaders(List<RecordHeader> newHeaders) {
        return new LogRecord(key, value, List.copyOf(newHeaders), timestamp);
    }

    public byte @Nullable [] key() {
        return key;
    }

    public byte @Nullable [] value() {
        return value;
    }

    /** Bytes of key, value and headers, which the limits on records count. */
    public long payloadBytes() {
        long bytes = (key == null ? 0L : key.length) + (value == null ? 0L : value.length);
        for (RecordHeader header : headers) {
            byte[] of = header.value();
            bytes += Utf8.sizeOf(header.key()) + (of == null ? 0L : of.length);
        }
        return bytes;
    }

    /** The headers, unmodifiable. */
    public List<RecordHeader> headers() {
        return headers;
    }

    /** Milliseconds since the epoch, {@code >= 0}; empty when the append sets it. */
    public OptionalLong timestamp() {
        return timestamp < 0 ? OptionalLong.empty() : OptionalLong.of(timestamp);
    }

    /** The record's own timestamp, or the given one. */
    public long timestampOr(long fallback) {
        return timestamp < 0 ? fallback : timestamp;
    }

    @Override
    public String toString() {
        return "record, key " + (key == null ? "null" : key.length + " B") + ", value "
                + (value == null ? "null" : value.length + " B") + ", headers " + headers;
    }
}
