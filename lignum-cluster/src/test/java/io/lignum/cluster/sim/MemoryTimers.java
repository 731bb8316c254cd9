package io.lignum.cluster.sim;

import java.time.Duration;
import java.util.Random;

/**
 * A ticker whose tasks run under one lock, which guards all state of a {@link MemoryCoordinator}.
 */
final class MemoryTimers {

    private final Ticker ticker;
    private final Random random;
    private final Object lock;

    MemoryTimers(Ticker ticker, Random random, Object lock) {
        this.ticker = ticker;
        this.random = random;
        this.lock = lock;
    }

    long nanos() {
        return ticker.nanos();
    }

    Random random() {
        return random;
    }

    /** Runs the task under the lock. */
    void after(Duration delay, Runnable task) {
        ticker.schedule(delay, () -> {
            synchronized (lock) {
                task.run();
            }
        });
    }

    /** Runs the task without the lock: for calls to the outside. */
    void unlocked(Duration delay, Runnable task) {
        ticker.schedule(delay, task);
    }
}
