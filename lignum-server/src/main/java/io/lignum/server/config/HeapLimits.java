package io.lignum.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Fits the defaults of limits to the heap, so that a small one refuses with the limit's name before
 * it is full. Values that somebody set are left alone.
 */
final class HeapLimits {

    /** The share of the heap that requests and answers may take; appends may take as much again. */
    private static final int SHARE = 8;

    private final Settings settings;
    private final long heapBytes;
    private final List<String> fitted = new ArrayList<>();

    HeapLimits(Settings settings, long heapBytes) {
        this.settings = settings;
        this.heapBytes = heapBytes;
    }

    /**
     * Lowers what is too large for the heap; returns what is to be said about it, if anything was.
     */
    Optional<String> fit() {
        long share = heapBytes / SHARE;
        atMost(ConfigKey.LIMIT_REQUEST_BYTES, share / 2, ConfigKey.LIMIT_MESSAGE_BYTES);
        atMost(ConfigKey.LIMIT_READ_BYTES, share / 4, ConfigKey.LIMIT_MESSAGE_BYTES);
        atMost(ConfigKey.LIMIT_BATCH_UNCOMPRESSED, share, ConfigKey.LIMIT_BATCH_BYTES);
        atMost(
                ConfigKey.LIMIT_BYTES_IN_FLIGHT,
                share,
                ConfigKey.LIMIT_REQUEST_BYTES,
                ConfigKey.LIMIT_BATCH_BYTES);
        return fitted.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "The heap may grow to %d MiB, and these limits were lowered to fit: %s"
                                .formatted(heapBytes >> 20, String.join(", ", fitted)));
    }

    /** Not below other keys, which have to fit into it. */
    private void atMost(ConfigKey key, long bytes, ConfigKey... others) {
        long value = bytes;
        for (ConfigKey other : others) {
            value = Math.max(value, settings.number(other));
        }
        if (!settings.isGiven(key) && value < settings.number(key)) {
            settings.fit(key, value, "for a heap of " + (heapBytes >> 20) + " MiB");
            fitted.add(key.path() + " " + value);
        }
    }
}
