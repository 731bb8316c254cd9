package io.lignum.cluster.sim;

import java.time.Duration;

/** A clock that only goes forward, and tasks at a time of it: simulated, or a real scheduler. */
public interface Ticker {

    /** Nanoseconds since some fixed moment. */
    long nanos();

    /**
     * Runs the task once {@code delay} is over, never inside this call and never two at once. Any
     * thread.
     */
    void schedule(Duration delay, Runnable task);

    /** The ticker of a simulation. */
    static Ticker of(SimulatedTime time) {
        return new Ticker() {
            @Override
            public long nanos() {
                return time.monotonicNanos();
            }

            @Override
            public void schedule(Duration delay, Runnable task) {
                time.schedule(delay, task);
            }
        };
    }
}
