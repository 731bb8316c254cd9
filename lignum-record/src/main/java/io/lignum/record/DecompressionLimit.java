package io.lignum.record;

import java.util.function.IntConsumer;

/**
 * How much memory decompressed records may take.
 *
 * @param maxBytes bound on the records of one batch
 * @param reserve called with a number of bytes before that many are allocated; what it throws to
 *     refuse them reaches the caller as it is
 */
public record DecompressionLimit(int maxBytes, IntConsumer reserve) {

    /** Bounded by size only. */
    public static DecompressionLimit of(int maxBytes) {
        return new DecompressionLimit(maxBytes, bytes -> {});
    }
}
