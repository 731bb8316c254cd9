package io.lignum.server.audit;

import io.lignum.record.LogLineLimiter;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Counts equal events, so that at most one line per interval is written for them. Any thread. */
final class RepeatedEvents {

    /** Kinds that are counted; the one that has not occurred for longest is dropped first. */
    private static final int MAX_KINDS = 10_000;

    private final Duration interval;
    private final LongSupplier nanoClock;

    /** Guarded by this. */
    private final Map<String, LogLineLimiter> kinds = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, LogLineLimiter> eldest) {
            return size() > MAX_KINDS;
        }
    };

    RepeatedEvents(Duration interval, LongSupplier nanoClock) {
        this.interval = interval;
        this.nanoClock = nanoClock;
    }

    /** The number of events that a line should give now; 0: no line. */
    synchronized long count(String kind) {
        return kinds.computeIfAbsent(kind, any -> new LogLineLimiter(interval, nanoClock))
                .count();
    }
}
