package io.lignum.cluster.sim;

import java.time.Duration;

/** Time that passes by itself and what happens in it, so that the same fakes run simulated and on real threads. */
public interface Ticker {

    /** Monotonic; only differences mean something. */
    long nanos();

    /** Runs the task once {@code delay} is over. Any thread. */
    void schedule(Duration delay, Runnable task);

    /** Simulated time. */
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
