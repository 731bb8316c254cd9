package io.lignum.storage.stress;

import org.jspecify.annotations.Nullable;

import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Keeps what must end: the futures that were handed out and the threads that were started; and the
 * first thing that went wrong. Any thread.
 */
final class Watch {

    private static final long TIMEOUT_SECONDS = 30;

    private record Pending(String what, CompletableFuture<?> future) {}

    private final Queue<Pending> futures = new ConcurrentLinkedQueue<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    void expect(String what, CompletableFuture<?> future) {
        if (!future.isDone()) {
            futures.add(new Pending(what, future));
        }
    }

    /** Futures that are done are forgotten, so that a long run does not keep all of them. */
    void forgetDone() {
        futures.removeIf(pending -> pending.future.isDone());
    }

    void failed(Throwable cause) {
        failure.compareAndSet(null, cause);
    }

    boolean hasFailed() {
        return failure.get() != null;
    }

    void rethrow() {
        Throwable cause = failure.get();
        if (cause != null) {
            throw new AssertionError("something that must not happen happened: " + cause, cause);
        }
    }

    void join(Iterable<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(TIMEOUT_SECONDS));
            if (thread.isAlive()) {
                throw new AssertionError("thread " + thread.getName() + " is stuck\n" + dump());
            }
        }
    }

    /** Each future has ended, in whatever way. */
    void awaitAll() throws InterruptedException, ExecutionException {
        for (Pending pending : futures) {
            try {
                var unused = pending.future
                        .handle((value, failure) -> pending.what)
                        .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                throw new AssertionError(pending.what + " never ended\n" + dump(), e);
            }
        }
        futures.clear();
    }

    /** No thread of a store that is closed is left. */
    static void awaitNoEngineThread() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        while (Thread.getAllStackTraces().keySet().stream().anyMatch(Watch::isOfTheEngine)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("a thread of a closed store is left\n" + dump());
            }
            Thread.sleep(10);
        }
    }

    private static boolean isOfTheEngine(Thread thread) {
        return thread.getName().startsWith("lignum-commit-")
                || thread.getName().startsWith("lignum-tick-");
    }

    private static String dump() {
        StringBuilder all = new StringBuilder();
        for (Map.Entry<Thread, StackTraceElement[]> one :
                Thread.getAllStackTraces().entrySet()) {
            all.append(one.getKey()).append(' ').append(one.getKey().getState()).append('\n');
            for (StackTraceElement frame : one.getValue()) {
                all.append("    at ").append(frame).append('\n');
            }
        }
        return all.toString();
    }
}
