package io.lignum.server.service;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Bounds a rate by delays: the generic cell rate algorithm (ITU-T I.371), a leaky bucket that needs
 * one number. A second of the rate may be used at once. Any thread; without locks.
 */
final class Throttle {

    private static final long BURST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long unitsPerSecond;
    private final LongSupplier nanoClock;

    /** When all that was taken would be used up at the rate. */
    private final AtomicLong paidNanos;

    Throttle(long unitsPerSecond, LongSupplier nanoClock) {
        this.unitsPerSecond = unitsPerSecond;
        this.nanoClock = nanoClock;
        this.paidNanos = new AtomicLong(nanoClock.getAsLong() - BURST_NANOS);
    }

    /** How long the next use must wait. */
    Duration delay() {
        return Duration.ofNanos(Math.max(0, paidNanos.get() - nanoClock.getAsLong()));
    }

    /** Takes units, also more than are left, and returns how long their use must wait. */
    Duration take(long units) {
        long now = nanoClock.getAsLong();
        // Not above a day, so that nothing overflows.
        double nanos = Math.min(8.64e13, units * 1e9 / unitsPerSecond);
        long paid = paidNanos.updateAndGet(
                before -> Math.max(before, now - BURST_NANOS) + (long) nanos);
        return Duration.ofNanos(Math.max(0, paid - now));
    }
}
