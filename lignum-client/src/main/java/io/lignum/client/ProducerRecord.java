package io.lignum.client;

import io.lignum.record.RecordHeader;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/**
 * A record to send.
 *
 * @param key null if the record has no key
 * @param value null if the record has no value, which differs from an empty one
 * @param headers in order; keys may repeat
 * @param timestamp milliseconds since the Unix epoch, {@code >= 0}; empty for the time of the send
 */
public record ProducerRecord<K, V>(
        @Nullable K key, @Nullable V value, List<RecordHeader> headers, OptionalLong timestamp) {
    // Not compact: that loses the parameters' annotations in the class file.
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

    /** A record with a key and a value only. */
    public static <K, V> ProducerRecord<K, V> of(@Nullable K key, @Nullable V value) {
        return new ProducerRecord<>(key, value, List.of(), OptionalLong.empty());
    }

    /** Returns this record with these headers. */
    public ProducerRecord<K, V> withHeaders(List<RecordHeader> newHeaders) {
        return new ProducerRecord<>(key, value, newHeaders, timestamp);
    }

    /** Returns this record with this timestamp, in milliseconds. */
    public ProducerRecord<K, V> withTimestamp(Instant time) {
        return new ProducerRecord<>(key, value, headers, OptionalLong.of(time.toEpochMilli()));
    }
}
