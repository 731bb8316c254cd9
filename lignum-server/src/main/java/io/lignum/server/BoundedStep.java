package io.lignum.server;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs a step of a node's stop on a thread of its own, and goes on without it when it hangs: a
 * library that waits for one of its threads waits for ever when that thread died. What the step
 * throws is logged, as the steps after it are to be done in any case.
 */
final class BoundedStep {

    private static final Logger LOG = LoggerFactory.getLogger(BoundedStep.class);

    private BoundedStep() {}

    /**
     * Returns when the step has ended or the bound has passed. An interrupt of the caller is kept
     * until then.
     *
     * @param name for the log and for the thread, such as "HTTP"
     */
    static void run(String name, Duration bound, Runnable step) {
        FutureTask<Void> task = new FutureTask<>(step, null);
        Thread thread = new Thread(task, "lignum-stop-" + name);
        thread.setDaemon(true);
        thread.start();
        boolean interrupted = false;
        long deadline = System.nanoTime() + bound.toNanos();
        try {
            while (true) {
                try {
                    task.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (TimeoutException e) {
            LOG.warn("{} did not stop within {} ms and is left behind", name, bound.toMillis());
        } catch (ExecutionException e) {
            LOG.warn("{} did not stop in good order", name, e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
