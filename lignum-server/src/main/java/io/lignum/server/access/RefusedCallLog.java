package io.lignum.server.access;

import io.lignum.server.access.Refusal.Reason;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Logs refused calls: at most one line per minute and reason, with the number of calls refused
 * since the last line. Any thread.
 */
final class RefusedCallLog {

    private static final Logger LOG = LoggerFactory.getLogger(Authorizer.class);
    private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final LongSupplier nanoTime;

    /** Guarded by this. */
    private final Map<Reason, Line> lines = new EnumMap<>(Reason.class);

    RefusedCallLog(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** For one reason: the time of its last line, and the number of refusals since then. */
    private static final class Line {
        private final long writtenNanos;
        private long unwritten;

        Line(long writtenNanos) {
            this.writtenNanos = writtenNanos;
        }
    }

    void refused(Operation operation, Caller caller, Refusal refusal) {
        long count = countToWrite(refusal.reason());
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

    /** The number of refusals to log now; 0: none. */
    private synchronized long countToWrite(Reason reason) {
        long now = nanoTime.getAsLong();
        Line last = lines.get(reason);
        if (last != null && now - last.writtenNanos < PAUSE_NANOS) {
            last.unwritten++;
            return 0;
        }
        lines.put(reason, new Line(now));
        return last == null ? 1 : last.unwritten + 1;
    }
}
