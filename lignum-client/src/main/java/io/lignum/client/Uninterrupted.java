package io.lignum.client;

import io.lignum.record.IoErrors;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * File I/O for a thread that may be interrupted. An interrupt closes the channel that the thread
 * works on, so that what is to be saved is lost; a thread of its own, which nobody interrupts, does
 * the work, and the caller waits for it. The caller's interrupt flag stays as it is.
 */
final class Uninterrupted {

    interface Work<T> {
        T run() throws IOException;
    }

    private Uninterrupted() {}

    /** UncheckedIOException and what else the work throws come out as if it ran here. */
    static <T> T call(Work<T> work) {
        CompletableFuture<T> done = new CompletableFuture<>();
        Thread thread = new Thread(() -> complete(done, work), "lignum-position");
        thread.setDaemon(true);
        thread.start();
        try {
            return done.join(); // Not ended by an interrupt.
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
