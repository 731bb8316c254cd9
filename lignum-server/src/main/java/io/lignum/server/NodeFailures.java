package io.lignum.server;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.CompletableFuture;

/**
 * Passes on the future that completes when a part of the node cannot go on. A future that completes
 * exceptionally is such a failure, too: otherwise nothing would end the node. Any thread.
 */
final class NodeFailures {

    private NodeFailures() {}

    /** Completes {@code to} with the cause however {@code from} ends. */
    static void relay(CompletableFuture<Throwable> from, CompletableFuture<Throwable> to) {
        var unused = from.whenComplete((cause, thrown) -> to.complete(of(cause, thrown)));
    }

    /** The cause with which such a future completed, or what it completed exceptionally with. */
    static Throwable of(@Nullable Throwable cause, @Nullable Throwable thrown) {
        if (cause != null) {
            return cause;
        }
        return thrown != null ? thrown : new IllegalStateException("a failure without a cause");
    }
}
