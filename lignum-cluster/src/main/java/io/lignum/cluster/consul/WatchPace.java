package io.lignum.cluster.consul;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * How soon a watch asks again: at once, unless answers come so often that something keeps changing.
 * A few changes that belong together, such as the release of a lock and the election that follows,
 * are heard without delay; a key that never rests costs 20 queries a second.
 *
 * <p>A token bucket for each prefix, kept as the one time at which it will be full again (the
 * generic cell rate algorithm). Any thread; for one prefix, one at a time.
 */
final class WatchPace {

    /** Between two answers in the long run. */
    static final Duration EVERY = Duration.ofMillis(50);

    /** As many answers come without a pause when there was none for long enough. */
    static final int AT_ONCE = 5;

    private final LongSupplier nanoClock;

    /** When all tokens will be back; the prefixes of a node are few. */
    private final Map<String, Long> fullAt = new ConcurrentHashMap<>();

    WatchPace(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** How long to wait before the next query; 0: not at all. */
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
