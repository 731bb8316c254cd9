package io.lignum.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What a cluster does on threads of its own when no caller waits for it. It keeps what fails there
 * until the next call of the cluster reports it. Any thread.
 */
final class BackgroundWork {

    /* Guarded by this object's monitor. */
    private final List<Throwable> failures = new ArrayList<>();

    /**
     * Does the work on a new thread when the future completes, normally or not. The thread that
     * completes the future is not delayed.
     */
    void whenDone(CompletableFuture<?> future, String threadName, Runnable work) {
        var unused = future.whenComplete((value, error) -> start(threadName, work));
    }

    /* Catches everything: the future would keep it, and the thread would only print it. */
    private void start(String threadName, Runnable work) {
        try {
            new Thread(() -> run(work), threadName).start();
        } catch (Throwable notStarted) { // The top of what the completing thread does for us.
            failed(notStarted);
        }
    }

    private void run(Runnable work) {
        try {
            work.run();
        } catch (Throwable failure) { // The thread's top.
            failed(failure);
        }
    }

    private synchronized void failed(Throwable failure) {
        failures.add(failure);
    }

    /**
     * Throws if anything has failed since the last call.
     *
     * @throws IllegalStateException with the first failure as its cause, and others suppressed
     */
    synchronized void throwFailures() {
        if (failures.isEmpty()) {
            return;
        }
        IllegalStateException report =
                new IllegalStateException("work in the background failed", failures.get(0));
        failures.stream().skip(1).forEach(report::addSuppressed);
        failures.clear();
        throw report;
    }
}
