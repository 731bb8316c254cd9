package io.lignum.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Fits the defaults of limits to the heap, so that requests are refused with the name of a limit
 * before memory is exhausted. Values that were set explicitly stay.
 */
final class HeapLimits {

    /** Requests and responses may take one eighth of the heap; appends may take another eighth. */
    private static final int SHARE = 8;

    private final Settings settings;
    private final long heapBytes;
    private final List<String> fitted = new ArrayList<>();

    HeapLimits(Settings settings, long heapBytes) {
        this.settings = settings;
        this.heapBytes = heapBytes;
    }

    /** Lowers limits that are too large for the heap, and returns the hint about it, if any. */
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
                        "The heap may grow to %d MiB, and these limits were lowered accordingly: %s"
                                .formatted(heapBytes >> 20, String.join(", ", fitted)));
    }

    /** Lowers {@code key} to {@code bytes}, but not below the keys in {@code others}. */
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
