package io.lignum.client;

import io.lignum.record.IoErrors;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Performs file I/O for a thread that may be interrupted. An interrupt closes the channel that the
 * interrupted thread uses, and what it saves is lost. So another thread, which is not interrupted,
 * does the work, and the caller waits for it. The caller's interrupt flag stays as it is.
 */
final class Uninterrupted {

    interface Work<T> {
        T run() throws IOException;
    }

    private Uninterrupted() {}

    /**
     * Returns the result of the work, or throws what it throws; an IOException as
     * UncheckedIOException.
     */
    static <T> T call(Work<T> work) {
        CompletableFuture<T> done = new CompletableFuture<>();
        Thread thread = new Thread(() -> complete(done, work), "lignum-position");
        thread.setDaemon(true);
        thread.start();
        try {
            return done.join(); // An interrupt does not end this wait.
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw failed;
        }
    }

    private static <T> void complete(CompletableFuture<T> done, Work<T> work) {
        try {
            done.complete(work.run());
        } catch (IOException failed) {
            done.completeExceptionally(new UncheckedIOException(IoErrors.describe(failed), failed));
        } catch (Throwable failed) { // The thread's top.
            done.completeExceptionally(failed);
        }
    }
}
