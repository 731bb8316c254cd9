package io.lignum.client;

import io.lignum.record.RecordHeader;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * A record as read.
 *
 * @param offset its place in the topic
 * @param timestamp milliseconds since the epoch
 * @param key null: it has none
 * @param value null: it has none, which is not the same as an empty one
 * @param headers unmodifiable
 */
public record Received<K, V>(
        String topic,
        long offset,
        long timestamp,
        @Nullable K key,
        @Nullable V value,
        List<RecordHeader> headers) {}
