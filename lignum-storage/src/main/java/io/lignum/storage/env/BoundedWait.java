package io.lignum.storage.env;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Blocks the calling thread until a condition holds, or until the caller's own check finds that
 * nothing makes progress. It polls, with pauses of 50 µs to 20 ms, and looks for progress only at
 * the longest pause. An interrupt does not end the wait; the thread's interrupt status is kept.
 */
public final class BoundedWait {

    private static final long SHORT_NANOS = 50_000;
    private static final long LONG_NANOS = 20_000_000;

    private BoundedWait() {}

    /** Waits until {@code isDone}; returns false if it gave up because of {@code isStuck}. */
    public static boolean until(BooleanSupplier isDone, BooleanSupplier isStuck) {
        boolean interrupted = Thread.interrupted();
        long pause = SHORT_NANOS;
        boolean done = isDone.getAsBoolean();
        while (!done && !(pause == LONG_NANOS && isStuck.getAsBoolean())) {
            LockSupport.parkNanos(pause);
            interrupted |= Thread.interrupted();
            pause = Math.min(2 * pause, LONG_NANOS);
            done = isDone.getAsBoolean();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return done;
    }
}
