package io.lignum.server.service;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Handles unexpected exceptions. In a request they are answered with INTERNAL and logged with the
 * request, and the node continues; an {@code Error} ends the node after the answer, since its
 * effects are unknown. In a continuation that releases something, or that no caller waits for,
 * either ends the node. Thread-safe.
 */
public final class RequestFailures {

    private static final Logger LOG = LoggerFactory.getLogger(RequestFailures.class);

    private final Consumer<Throwable> onFailure;

    /** @param onFailure called with what ends the node, on the thread where it occurred */
    RequestFailures(Consumer<Throwable> onFailure) {
        this.onFailure = onFailure;
    }

    /** Returns the answer for a failed request. {@code request} names it in the log. */
    public ServiceException answer(String request, Throwable failure) {
        ServiceException answer = ServiceException.of(failure);
        answer.bug().ifPresent(bug -> report(request, bug));
        return answer;
    }

    /** Handles a failure that has no answer, or has been answered. */
    public void report(String request, Throwable bug) {
        LOG.error("{} failed unexpectedly", request, bug);
        if (endsNode(bug)) {
            onFailure.accept(bug);
        }
    }

    /**
     * The depth of the stack depends on the client's data, and the stack is intact once it is
     * unwound. So a StackOverflowError does not end the node: clients could provoke it.
     */
    private static boolean endsNode(Throwable bug) {
        return bug instanceof Error && !(bug instanceof StackOverflowError);
    }

    /**
     * Calls the handler when the future ends, on that thread, or immediately. An exception of the
     * handler ends the node.
     */
    public <T> void whenDone(
            CompletableFuture<T> future, BiConsumer<@Nullable T, @Nullable Throwable> handler) {
        var unused = future.whenComplete(guarded(handler));
    }

    /** As above, on the executor's thread. */
    public <T> void whenDone(
            CompletableFuture<T> future,
            Executor executor,
            BiConsumer<@Nullable T, @Nullable Throwable> handler) {
        var unused = future.whenCompleteAsync(guarded(handler), executor);
    }

    private <T> BiConsumer<@Nullable T, @Nullable Throwable> guarded(
            BiConsumer<@Nullable T, @Nullable Throwable> handler) {
        return (value, failure) -> {
            try {
                handler.accept(value, failure);
            } catch (Throwable bug) { // The future would hide the exception.
                onFailure.accept(bug);
                throw bug;
            }
        };
    }

    /** The Error or exception behind an INTERNAL error of this node. */
    static Optional<Throwable> bugOf(ServiceException answer, @Nullable Throwable cause) {
        return answer.code() == ErrorCode.INTERNAL && !ErrorMapping.isKnown(cause)
                ? Optional.ofNullable(cause)
                : Optional.empty();
    }
}
