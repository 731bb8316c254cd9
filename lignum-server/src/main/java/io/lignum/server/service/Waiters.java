package io.lignum.server.service;

import io.lignum.server.config.Limits;
import io.lignum.storage.TopicLog;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Readers that wait for the next message, bounded in number and time. */
final class Waiters implements AutoCloseable {

    private static final long LOOK_MILLIS = 20;

    private final Permits permits;
    private final RequestFailures failures;
    private final ScheduledThreadPoolExecutor timer;

    Waiters(Limits limits, NodeThreads threads) {
        permits = new Permits(
                ErrorCode.OVERLOADED,
                "limits.max-waiting-reads",
                limits.maxWaitingReads(),
                "readers wait for messages");
        failures = threads.failures();
        timer = threads.timer("lignum-wait-timer");
    }

    /** The timer that ends waits, for {@link Liveness}. */
    ScheduledExecutorService timer() {
        return timer;
    }

    CompletableFuture<Long> await(TopicLog log, long offset, Duration timeout) {
        if (log.readableEndOffset() > offset || timeout.isZero()) {
            return CompletableFuture.completedFuture(log.readableEndOffset());
        }
        CompletableFuture<Long> answer = await(log, offset);
        Future<?> alarm = schedule(
                answer,
                () -> timer.schedule(
                        () -> answer.complete(log.readableEndOffset()),
                        timeout.toMillis(),
                        TimeUnit.MILLISECONDS));
        failures.whenDone(answer, (end, error) -> alarm.cancel(false));
        return answer;
    }

    /** If the timer refuses the task, the wait ends. */
    private static Future<?> schedule(CompletableFuture<?> answer, Supplier<Future<?>> clock) {
        boolean runs = false;
        try {
            Future<?> started = clock.get();
            runs = true;
            return started;
        } finally {
            if (!runs) {
                answer.cancel(false);
            }
        }
    }

    /** Waits without a time limit, for callers that cancel the wait themselves. */
    CompletableFuture<Long> await(TopicLog log, long offset) {
        if (log.readableEndOffset() > offset) {
            return CompletableFuture.completedFuture(log.readableEndOffset());
        }
        permits.take(1);
        CompletableFuture<Long> readable;
        try {
            readable = log.awaitReadable(offset);
        } catch (RuntimeException | Error e) {
            permits.giveBack(1);
            throw e;
        }
        CompletableFuture<Long> answer = new CompletableFuture<>();
        failures.whenDone(readable, (end, error) -> {
            if (error == null) {
                answer.complete(end);
            } else if (!answer.isDone()) { // The caller may have cancelled it.
                answer.completeExceptionally(ServiceException.of(error));
            }
        });
        // Runs once, whether the engine, the timer or the caller ends the wait.
        failures.whenDone(answer, (end, error) -> {
            permits.giveBack(1);
            readable.cancel(false);
        });
        return answer;
    }

    /**
     * Polls a condition. Completes when it holds, or fails with the given error after the time
     * limit. For conditions without a notification.
     */
    CompletableFuture<Void> until(
            BooleanSupplier condition, Duration bound, Supplier<ServiceException> tooLate) {
        permits.take(1);
        CompletableFuture<Void> answer = new CompletableFuture<>();
        long deadline = System.nanoTime() + bound.toNanos();
        failures.whenDone(answer, (done, error) -> permits.giveBack(1));
        Future<?> look = schedule(
                answer,
                () -> timer.scheduleWithFixedDelay(
                        () -> {
                            try {
                                if (condition.getAsBoolean()) {
                                    answer.complete(null);
                                } else if (System.nanoTime() > deadline) {
                                    answer.completeExceptionally(tooLate.get());
                                }
                            } catch (Throwable e) { // The waiting caller answers with it.
                                answer.completeExceptionally(e);
                            }
                        },
                        0,
                        LOOK_MILLIS,
                        TimeUnit.MILLISECONDS));
        failures.whenDone(answer, (done, error) -> look.cancel(false));
        return answer;
    }

    long waiting() {
        return permits.taken();
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
