package io.lignum.record;

import java.util.function.IntConsumer;

/**
 * Limits the memory of decompressed records.
 *
 * @param maxBytes most bytes of the records of one batch
 * @param reserve called with a number of bytes before these are allocated; an exception that it
 *     throws to refuse them reaches the caller unchanged
 */
public record DecompressionLimit(int maxBytes, IntConsumer reserve) {

    /** A limit by size only. */
    public static DecompressionLimit of(int maxBytes) {
        return new DecompressionLimit(maxBytes, bytes -> {});
    }
}
