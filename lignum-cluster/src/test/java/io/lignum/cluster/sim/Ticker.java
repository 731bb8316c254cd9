package io.lignum.cluster.sim;

import java.time.Duration;

/** A monotonic clock with scheduled tasks: simulated, or a real scheduler. */
public interface Ticker {

    /** Nanoseconds since a fixed moment. */
    long nanos();

    /**
     * Runs the task after {@code delay}, never inside this call and never two at once. Any thread.
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
