package io.lignum.server.audit;

import io.lignum.server.access.Requester;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Remembers who logged in, since programs log in with each call. Bounded; any thread, without a
 * lock for a requester that is known.
 */
final class RecentLogins {

    private static final int MAX_REQUESTERS = 10_000;

    private final long intervalNanos;
    private final LongSupplier nanoClock;

    /** The time at which each one was written down. */
    private final Map<Requester, Long> known = new ConcurrentHashMap<>();

    RecentLogins(Duration interval, LongSupplier nanoClock) {
        this.intervalNanos = interval.toNanos();
        this.nanoClock = nanoClock;
    }

    /** Whether the requester was not seen within the interval. */
    boolean isFirst(Requester requester) {
        long now = nanoClock.getAsLong();
        Long before = known.get(requester);
        if (before != null && now - before < intervalNanos) {
            return false;
        }
        if (known.size() >= MAX_REQUESTERS) {
            known.clear(); // Some are written twice within the interval.
        }
        known.put(requester, now);
        return true;
    }
}
