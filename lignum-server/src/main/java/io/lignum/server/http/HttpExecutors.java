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
 * Where the listener goes on when the engine is done. Answers to appends are sent by one thread of
 * the listener's own: sending never blocks, and while it works it takes the next without being
 * woken. Reads block on the disk and go to Jetty's pool. Neither is ever a thread of the engine.
 */
final class HttpExecutors implements AutoCloseable {

    private final ThreadPoolExecutor answering;
    private final Executor blocking;
    private final RequestFailures failures;
    // By identity, which is what a future's equals is.
    @SuppressWarnings("CollectionUndefinedEquality")
    private final Set<CompletableFuture<?>> waits = ConcurrentHashMap.newKeySet();

    private volatile boolean ending;

    HttpExecutors(Executor blocking, ThreadFactory threads, RequestFailures failures) {
        this.blocking = blocking;
        this.failures = failures;
        this.answering = new ThreadPoolExecutor(
                1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
    }

    /** The answer to {@code engine}'s result, made and sent by the answering thread. */
    <T> CompletableFuture<Void> answer(
            CompletableFuture<T> engine, BiFunction<T, Throwable, CompletableFuture<Void>> send) {
        return then(engine, answering, send);
    }

    /** The answer to {@code engine}'s result, made on a thread that may block on the disk. */
    <T> CompletableFuture<Void> read(
            CompletableFuture<T> engine, BiFunction<T, Throwable, CompletableFuture<Void>> send) {
        return then(engine, blocking, send);
    }

    /** A wait that {@link #endWaits} ends early, as a node that stops must. */
    @SuppressWarnings("CollectionUndefinedEquality")
    <T> CompletableFuture<T> track(CompletableFuture<T> wait) {
        waits.add(wait);
        failures.whenDone(wait, (end, error) -> waits.remove(wait));
        if (ending) {
            endWaits();
        }
        return wait;
    }

    /** What becomes of what continuations throw. */
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
        // What is thrown on the way, an Error included, completes the future: no request stays
        // open.
        return engine.handle(Result::new)
                .thenComposeAsync(result -> send.apply(result.value, result.error), executor);
    }

    private record Result<T>(@Nullable T value, @Nullable Throwable error) {}

    @Override
    public void close() {
        answering.shutdown();
    }
}
