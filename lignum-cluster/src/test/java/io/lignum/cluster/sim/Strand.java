package io.lignum.cluster.sim;

import java.time.Duration;
import java.util.ArrayDeque;

/**
 * Runs tasks one at a time and in order, each as a separate event, so that others can happen in
 * between. Any thread.
 */
final class Strand {

    private final Ticker ticker;
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private boolean planned;

    Strand(Ticker ticker) {
        this.ticker = ticker;
    }

    synchronized void execute(Runnable task) {
        tasks.addLast(task);
        plan();
    }

    private void plan() {
        if (!planned && !tasks.isEmpty()) {
            planned = true;
            ticker.schedule(Duration.ZERO, this::runOne);
        }
    }

    private void runOne() {
        Runnable task;
        synchronized (this) {
            task = tasks.removeFirst();
        }
        try {
            task.run();
        } finally {
            synchronized (this) {
                planned = false;
                plan();
            }
        }
    }
}
