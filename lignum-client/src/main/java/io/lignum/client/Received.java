package io.lignum.client;

import io.lignum.record.RecordHeader;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * A record that a consumer has read.
 *
 * @param offset the offset of the record in the topic
 * @param timestamp milliseconds since the Unix epoch
 * @param key null if the record has no key
 * @param value null if the record has no value, which differs from an empty one
 * @param headers unmodifiable, in order
 */
public record Received<K, V>(
        String topic,
        long offset,
        long timestamp,
        @Nullable K key,
        @Nullable V value,
        List<RecordHeader> headers) {}
