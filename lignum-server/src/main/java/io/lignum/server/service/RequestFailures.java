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
 * What becomes of exceptions that nothing was prepared for. In a request they are answered INTERNAL
 * and logged with it, and the node goes on; an {@code Error} ends the node once it is answered, as
 * nobody knows what it left half done. In a continuation that gives something back, or that nobody
 * waits for, either ends the node. Thread-safe.
 */
public final class RequestFailures {

    private static final Logger LOG = LoggerFactory.getLogger(RequestFailures.class);

    private final Consumer<Throwable> onFailure;

    /** @param onFailure called with what ends the node, on the thread that met it */
    RequestFailures(Consumer<Throwable> onFailure) {
        this.onFailure = onFailure;
    }

    /**
     * To be called where a failure becomes the answer of a request, which {@code request} names.
     * Returns the answer.
     */
    public ServiceException answer(String request, Throwable failure) {
        ServiceException answer = ServiceException.of(failure);
        answer.bug().ifPresent(bug -> met(request, bug));
        return answer;
    }

    /** The same for a failure that has no answer, or has been answered. */
    public void met(String request, Throwable bug) {
        LOG.error("{} failed in a way that it should not", request, bug);
        if (endsNode(bug)) {
            onFailure.accept(bug);
        }
    }

    /**
     * The stack is as deep as what the client sent, and whole again once it is unwound: no client
     * may end a node with it.
     */
    private static boolean endsNode(Throwable bug) {
        return bug instanceof Error && !(bug instanceof StackOverflowError);
    }

    /**
     * Tells the handler how a future ended, on the thread that ended it, or at once. What the
     * handler throws ends the node.
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
            } catch (Throwable bug) { // The future would keep it, and nobody looks there.
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
