package io.lignum.cluster.consul;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Limits how often a watch queries again: at once, unless answers come so often that a key changes
 * all the time. A few related changes, such as the release of a lock and the election that follows,
 * are seen without delay; a key that changes constantly costs 20 queries a second.
 *
 * <p>A token bucket for each prefix, stored as the time at which it will be full (the generic cell
 * rate algorithm). Any thread; for one prefix, one at a time.
 */
final class WatchPace {

    /** Time between two answers in the long run. */
    static final Duration EVERY = Duration.ofMillis(50);

    /** Number of answers without a pause after a quiet time. */
    static final int AT_ONCE = 5;

    private final LongSupplier nanoClock;

    /** When all tokens will be back; a node has few prefixes. */
    private final Map<String, Long> fullAt = new ConcurrentHashMap<>();

    WatchPace(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** Nanoseconds to wait before the next query; 0 or more. */
    long pauseNanos(String prefix) {
        Long full = fullAt.get(prefix);
        if (full == null) {
            return 0;
        }
        long missing = full - nanoClock.getAsLong();
        return Math.max(0, missing - (AT_ONCE - 1) * EVERY.toNanos());
    }

    /** A query was answered. */
    void answered(String prefix) {
        long now = nanoClock.getAsLong();
        Long full = fullAt.get(prefix);
        long from = full == null || full - now < 0 ? now : full;
        fullAt.put(prefix, from + EVERY.toNanos());
    }
}
