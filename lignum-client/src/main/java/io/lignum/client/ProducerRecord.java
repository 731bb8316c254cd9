package io.lignum.client;

import io.lignum.record.RecordHeader;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/**
 * A record to send, with all that it can have.
 *
 * @param key null: it has none
 * @param value null: it has none, which is not the same as an empty one
 * @param timestamp milliseconds since the epoch, {@code >= 0}; empty: the time of the send
 */
public record ProducerRecord<K, V>(
        @Nullable K key, @Nullable V value, List<RecordHeader> headers, OptionalLong timestamp) {
    // Spelled out, as a compact one loses the annotations of its parameters in the class file.
    public ProducerRecord(
            @Nullable K key,
            @Nullable V value,
            List<RecordHeader> headers,
            OptionalLong timestamp) {
        if (timestamp.isPresent() && timestamp.getAsLong() < 0) {
            throw new IllegalArgumentException("timestamp must be >= 0, is " + timestamp);
        }
        this.key = key;
        this.value = value;
        this.headers = List.copyOf(headers);
        this.timestamp = timestamp;
    }

    /** A record of a key and a value alone. */
    public static <K, V> ProducerRecord<K, V> of(@Nullable K key, @Nullable V value) {
        return new ProducerRecord<>(key, value, List.of(), OptionalLong.empty());
    }

    /** This record with these headers. */
    public ProducerRecord<K, V> withHeaders(List<RecordHeader> newHeaders) {
        return new ProducerRecord<>(key, value, newHeaders, timestamp);
    }

    /** This record with a time of its own, kept to the millisecond. */
    public ProducerRecord<K, V> withTimestamp(Instant time) {
        return new ProducerRecord<>(key, value, headers, OptionalLong.of(time.toEpochMilli()));
    }
}
