package io.lignum.cluster.consul;

import io.lignum.cluster.coordinator.CoordinatorException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Runs blocking calls on a few named threads, and fails the pending ones when it is closed. Any
 * thread.
 */
final class CallPool implements AutoCloseable {

    private static final long IDLE_SECONDS = 30;

    private final ThreadPoolExecutor threads;
    private final Consumer<Throwable> onError;

    /** Guarded by itself; bounded, because threads and queue are. */
    private final List<CompletableFuture<?>> pending = new ArrayList<>();

    /**
     * Starts no thread yet.
     *
     * @param queue calls that wait for a thread; when it is full, calls fail at once
     * @param onError called with an Error that a call threw, such as OutOfMemoryError, after the
     *     call has failed
     */
    CallPool(String name, int size, BlockingQueue<Runnable> queue, Consumer<Throwable> onError) {
        this.onError = onError;
        AtomicInteger number = new AtomicInteger();
        threads =
                new ThreadPoolExecutor(size, size, IDLE_SECONDS, TimeUnit.SECONDS, queue, task -> {
                    Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    <T> CompletableFuture<T> call(Callable<T> work) {
        CompletableFuture<T> future = new CompletableFuture<>();
        synchronized (pending) {
            pending.add(future);
        }
        try {
            threads.execute(() -> run(work, future));
        } catch (RejectedExecutionException full) {
            fail(future, new CoordinatorException("closed, or too many pending calls", full));
        }
        return future;
    }

    private <T> void run(Callable<T> work, CompletableFuture<T> future) {
        T value;
        try {
            value = work.call();
        } catch (CoordinatorException e) {
            fail(future, e);
            return;
        } catch (Exception e) {
            fail(future, new CoordinatorException(String.valueOf(e.getMessage()), e));
            return;
        } catch (Throwable error) { // The top of this thread: the caller must get an answer.
            fail(future, new CoordinatorException(String.valueOf(error), error));
            onError.accept(error);
            return;
        }
        if (end(future)) {
            future.complete(value);
        }
    }

    private void fail(CompletableFuture<?> future, CoordinatorException failure) {
        if (end(future)) {
            future.completeExceptionally(failure);
        }
    }

    private boolean end(CompletableFuture<?> future) {
        synchronized (pending) {
            return pending.removeIf(other -> other == future);
        }
    }

    /** Interrupts the threads, which hold no file or lock, and fails pending calls. */
    @Override
    public void close() {
        threads.shutdownNow();
        List<CompletableFuture<?>> left;
        synchronized (pending) {
            left = List.copyOf(pending);
        }
        left.forEach(future -> fail(future, new CoordinatorException("closed", null)));
    }

    /** Whether all threads ended in time. */
    boolean awaitEnd(Duration atMost) throws InterruptedException {
        return threads.awaitTermination(atMost.toNanos(), TimeUnit.NANOSECONDS);
    }
}
