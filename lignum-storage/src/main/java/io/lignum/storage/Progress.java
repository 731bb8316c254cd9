package io.lignum.storage;

import io.lignum.storage.env.EngineClock;

import java.time.Duration;

/** When something that works now and then last moved. Written by who works, read by any thread. */
final class Progress {

    private final EngineClock clock;
    private volatile long movedNanos;
    private volatile boolean working;

    Progress(EngineClock clock) {
        this.clock = clock;
        movedNanos = clock.monotonicNanos();
    }

    /** There is work from now on. */
    void begin() {
        movedNanos = clock.monotonicNanos(); // First: who sees work sees since when.
        working = true;
    }

    void move() {
        movedNanos = clock.monotonicNanos();
    }

    /** Nothing is left to do. */
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
