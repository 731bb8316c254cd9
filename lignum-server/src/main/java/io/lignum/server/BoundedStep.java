package io.lignum.server;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs a step of a node's stop on its own thread, and continues without it if it hangs: a library
 * that waits for one of its threads never returns if that thread has died. Exceptions of the step
 * are logged, since the following steps must run in any case.
 */
final class BoundedStep {

    private static final Logger LOG = LoggerFactory.getLogger(BoundedStep.class);

    private BoundedStep() {}

    /**
     * Returns when the step has ended or the bound has passed. An interrupt of the caller is
     * delayed until then.
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
            LOG.warn("{} did not stop within {} ms and is abandoned", name, bound.toMillis());
        } catch (ExecutionException e) {
            LOG.warn("{} did not stop properly", name, e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
