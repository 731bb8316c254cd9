package io.lignum.cluster.transport;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Limits the log of refused connections, of which there may be thousands a second: one line every
 * ten seconds, with their number. Any thread.
 */
final class RefusedConnectionLog {

    static final Duration EVERY = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(RefusedConnectionLog.class);

    private final LongSupplier nanoClock;
    private OptionalLong loggedAt = OptionalLong.empty(); // guarded by this
    private long count; // guarded by this

    RefusedConnectionLog(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    void refused(String why) {
        long since = count();
        if (since == 1) {
            LOG.warn("A connection was refused: {}", why);
        } else if (since > 1) {
            LOG.warn(
                    "{} connections were refused since the last such line, the last one: {}",
                    since,
                    why);
        }
    }

    /** Counts one refusal; returns the number to log, or 0 if it is not time yet. */
    synchronized long count() {
        count++;
        long now = nanoClock.getAsLong();
        if (loggedAt.isPresent() && now - loggedAt.getAsLong() < EVERY.toNanos()) {
            return 0;
        }
        loggedAt = OptionalLong.of(now);
        long all = count;
        count = 0;
        return all;
    }
}
