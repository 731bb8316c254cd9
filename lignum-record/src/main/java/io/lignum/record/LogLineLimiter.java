package io.lignum.record;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Keeps an event that may occur thousands of times a second from filling the log: the first one is
 * logged at once, and then at most one line per interval, which gives the number of events since
 * the last line. Any thread.
 */
public final class LogLineLimiter {

    private final long intervalNanos;
    private final LongSupplier nanoClock;
    private OptionalLong loggedAt = OptionalLong.empty(); // guarded by this
    private long count; // guarded by this

    /**
     * @param interval least time between two lines
     * @param nanoClock any origin; never goes back
     */
    public LogLineLimiter(Duration interval, LongSupplier nanoClock) {
        this.intervalNanos = interval.toNanos();
        this.nanoClock = nanoClock;
    }

    /**
     * Counts one event. Returns the number of events that a line should tell now, this one
     * included; 0 if none is to be logged yet.
     */
    public synchronized long count() {
        count++;
        long now = nanoClock.getAsLong();
        if (loggedAt.isPresent() && now - loggedAt.getAsLong() < intervalNanos) {
            return 0;
        }
        loggedAt = OptionalLong.of(now);
        long all = count;
        count = 0;
        return all;
    }
}
