package io.lignum.server.access;

import io.lignum.record.LogLineLimiter;
import io.lignum.server.access.Refusal.Reason;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * Logs refused calls: at most one line per minute and reason, with the number of calls refused
 * since the last line. Any thread.
 */
final class RefusedCallLog {

    private static final Logger LOG = LoggerFactory.getLogger(Authorizer.class);
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final Map<Reason, LogLineLimiter> lines = new EnumMap<>(Reason.class);

    RefusedCallLog(LongSupplier nanoTime) {
        for (Reason reason : Reason.values()) {
            lines.put(reason, new LogLineLimiter(INTERVAL, nanoTime));
        }
    }

    void refused(Operation operation, Caller caller, Refusal refusal) {
        long count = Objects.requireNonNull(lines.get(refusal.reason())).count();
        if (count == 1) {
            LOG.warn(
                    "Refused a call from {} ({}): {}",
                    caller.shown(),
                    operation,
                    refusal.message());
        } else if (count > 1) {
            LOG.warn(
                    "Refused {} calls since the last such line, the latest one from {} ({}): {}",
                    count,
                    caller.shown(),
                    operation,
                    refusal.message());
        }
    }
}
