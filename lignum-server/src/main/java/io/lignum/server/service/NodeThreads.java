package io.lignum.server.service;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Creates the server's threads, all of them daemons. An exception at the top of one of them ends
 * the node: the task may have left a request unanswered or a permit taken, and nothing would repair
 * that. Thread-safe.
 */
public final class NodeThreads {

    private final Consumer<Throwable> onFailure;
    private final RequestFailures failures;

    /** @param onFailure called with what a thread or timer task threw, on that thread */
    public NodeThreads(Consumer<Throwable> onFailure) {
        this.onFailure = onFailure;
        this.failures = new RequestFailures(onFailure);
    }

    /** Handles exceptions of requests and continuations. */
    public RequestFailures failures() {
        return failures;
    }

    /** Creates threads named {@code name}-1, {@code name}-2 and so on. */
    public ThreadFactory named(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            thread.setUncaughtExceptionHandler((failed, cause) -> onFailure.accept(cause));
            return thread;
        };
    }

    /**
     * Creates a timer with one thread. A task that throws ends the node; the JDK's timers would
     * hide the exception.
     */
    public ScheduledThreadPoolExecutor timer(String name) {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, named(name)) {
            @Override
            protected void afterExecute(Runnable task, @Nullable Throwable thrown) {
                super.afterExecute(task, thrown);
                Throwable cause = thrown == null ? causeOf(task) : thrown;
                if (cause != null) {
                    onFailure.accept(cause);
                }
            }
        };
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }

    private static @Nullable Throwable causeOf(Runnable task) {
        if (task instanceof Future<?> future && future.isDone()) {
            try {
                future.get(0, TimeUnit.NANOSECONDS);
            } catch (ExecutionException e) {
                return e.getCause();
            } catch (CancellationException e) {
                return null; // Its owner cancelled it, which is not a failure.
            } catch (Exception e) {
                return e;
            }
        }
        return null;
    }
}
