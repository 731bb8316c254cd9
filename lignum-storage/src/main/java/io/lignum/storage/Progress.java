package io.lignum.storage;

import io.lignum.storage.env.EngineClock;

import java.time.Duration;

/**
 * Records when periodic or queued work last made progress. The thread that works writes it; any
 * thread reads it.
 */
final class Progress {

    private final EngineClock clock;
    private volatile long movedNanos;
    private volatile boolean working;

    Progress(EngineClock clock) {
        this.clock = clock;
        movedNanos = clock.monotonicNanos();
    }

    /** Work begins. */
    void begin() {
        // Before the flag: a reader that sees the work then sees since when.
        movedNanos = clock.monotonicNanos();
        working = true;
    }

    void move() {
        movedNanos = clock.monotonicNanos();
    }

    /** No work is left. */
    void end() {
        working = false;
    }

    boolean isWorking() {
        return working;
    }

    Duration sinceMove() {
        return Duration.ofNanos(Math.max(0, clock.monotonicNanos() - movedNanos));
    }
}
