package io.lignum.cluster.transport;

import io.lignum.record.LogLineLimiter;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Limits the log of refused connections, of which there may be thousands a second: one line every
 * ten seconds, with their number. Any thread.
 */
final class RefusedConnectionLog {

    private static final Duration EVERY = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(RefusedConnectionLog.class);

    private final LogLineLimiter limiter;

    RefusedConnectionLog(LongSupplier nanoClock) {
        this.limiter = new LogLineLimiter(EVERY, nanoClock);
    }

    void refused(String why) {
        long since = limiter.count();
        if (since == 1) {
            LOG.warn("A connection was refused: {}", why);
        } else if (since > 1) {
            LOG.warn(
                    "{} connections were refused since the last such line, the last one: {}",
                    since,
                    why);
        }
    }
}
