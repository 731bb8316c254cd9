package io.lignum.client.internal.producer;

import io.lignum.client.LignumException;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/**
 * The futures of a batch's records. Filled under the accumulator's lock, and completed after that
 * by any thread, without a lock: continuations of users run there.
 */
final class BatchFutures {

    private CompletableFuture<?>[] futures = new CompletableFuture<?>[16];
    private int count;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    void add(CompletableFuture<Long> future) {
        if (count == futures.length) {
            futures = Arrays.copyOf(futures, count * 2);
        }
        futures[count++] = future;
    }

    int count() {
        return count;
    }

    /** Completes normally, after the futures, however the batch ends. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    /** The batch is in the log. Futures that have failed stay so. */
    @SuppressWarnings("unchecked") // add stores nothing else.
    void complete(long firstOffset) {
        for (int i = 0; i < count; i++) {
            ((CompletableFuture<Long>) futures[i]).complete(firstOffset + i);
        }
        ended.complete(null);
    }

    void fail(LignumException error) {
        for (int i = 0; i < count; i++) {
            futures[i].completeExceptionally(error);
        }
        ended.complete(null);
    }
}
