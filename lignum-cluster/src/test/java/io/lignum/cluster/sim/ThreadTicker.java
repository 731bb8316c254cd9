package io.lignum.cluster.sim;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Real time and one daemon thread. */
public final class ThreadTicker implements Ticker, AutoCloseable {

    private final ScheduledThreadPoolExecutor executor;

    public ThreadTicker(String threadName) {
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, threadName);
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public void schedule(Duration delay, Runnable task) {
        // After close tasks are dropped.
        if (!executor.isShutdown()) {
            var unused = executor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** Drops pending tasks. */
    @Override
    public void close() {
        var dropped = executor.shutdownNow();
        dropped.clear();
    }
}
