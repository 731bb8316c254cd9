package io.lignum.server.http;

import io.lignum.server.service.ErrorCode;
import io.lignum.server.service.RequestFailures;
import io.lignum.server.service.ServiceException;

import org.jspecify.annotations.Nullable;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/**
 * The threads on which the listener continues after the engine has completed a future. One thread
 * sends the responses to appends: sending never blocks, and a busy thread needs no wake-up. Reads
 * may block on the disk and run on Jetty's pool. The engine's own threads are never used.
 */
final class HttpExecutors implements AutoCloseable {

    private final ThreadPoolExecutor answering;
    private final Executor blocking;
    private final RequestFailures failures;
    // Futures compare by identity.
    @SuppressWarnings("CollectionUndefinedEquality")
    private final Set<CompletableFuture<?>> waits = ConcurrentHashMap.newKeySet();

    private volatile boolean ending;

    HttpExecutors(Executor blocking, ThreadFactory threads, RequestFailures failures) {
        this.blocking = blocking;
        this.failures = failures;
        this.answering = new ThreadPoolExecutor(
                1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
    }

    /** Sends the response to {@code engine}'s result on the responding thread. */
    <T> CompletableFuture<Void> answer(
            CompletableFuture<T> engine, BiFunction<T, Throwable, CompletableFuture<Void>> send) {
        return then(engine, answering, send);
    }

    /** Sends the response to {@code engine}'s result on a thread that may block on the disk. */
    <T> CompletableFuture<Void> read(
            CompletableFuture<T> engine, BiFunction<T, Throwable, CompletableFuture<Void>> send) {
        return then(engine, blocking, send);
    }

    /** Registers a wait, so that {@link #endWaits} can end it when the node stops. */
    @SuppressWarnings("CollectionUndefinedEquality")
    <T> CompletableFuture<T> track(CompletableFuture<T> wait) {
        waits.add(wait);
        failures.whenDone(wait, (end, error) -> waits.remove(wait));
        if (ending) {
            endWaits();
        }
        return wait;
    }

    /** Handles exceptions thrown by continuations. */
    RequestFailures failures() {
        return failures;
    }

    void endWaits() {
        ending = true;
        waits.forEach(wait -> wait.completeExceptionally(
                ServiceException.refused(ErrorCode.SHUTTING_DOWN, "the node is shutting down")));
    }

    Executor blocking() {
        return blocking;
    }

    private static <T> CompletableFuture<Void> then(
            CompletableFuture<T> engine,
            Executor executor,
            BiFunction<T, Throwable, CompletableFuture<Void>> send) {
        // Anything thrown, Errors included, completes the future, so that each request ends.
        return engine.handle(Result::new)
                .thenComposeAsync(result -> send.apply(result.value, result.error), executor);
    }

    private record Result<T>(@Nullable T value, @Nullable Throwable error) {}

    @Override
    public void close() {
        answering.shutdown();
    }
}
