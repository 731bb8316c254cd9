package io.lignum.storage;

import org.jspecify.annotations.Nullable;

import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;

/**
 * Completes futures of readers that wait for an offset to become readable. The number of waiters is
 * limited. Any thread; costs the writer one volatile read while no reader waits.
 */
final class ReadWaiters {

    private static final class Waiter extends CompletableFuture<Long>
            implements Comparable<Waiter> {
        private final long offset;

        Waiter(long offset) {
            this.offset = offset;
        }

        @Override
        public int compareTo(Waiter other) {
            return Long.compare(offset, other.offset);
        }
    }

    private final int limit;
    private final PriorityQueue<Waiter> waiting = new PriorityQueue<>();
    private volatile boolean any;

    ReadWaiters(int limit) {
        this.limit = limit;
    }

    /**
     * A future that completes with the readable end once that is above {@code offset}. A cancelled
     * future does not count against the limit.
     */
    CompletableFuture<Long> await(long offset, LogState state, StoreFailure failure) {
        Waiter waiter = new Waiter(offset);
        synchronized (this) {
            if (waiting.size() >= limit) {
                throw new StorageException.Overloaded("maxWaitingReads", limit);
            }
            waiting.add(waiter);
            any = true;
        }
        removeWhenDone(waiter);
        // The end may have moved, or the log ended, before the writer could see this waiter.
        StorageException unreadable = state.unreadable();
        if (unreadable != null) {
            waiter.completeExceptionally(unreadable);
        } else if (state.readableEnd() > offset) {
            waiter.complete(state.readableEnd());
        }
        StorageException failed = failure.refusal();
        if (failed != null) {
            waiter.completeExceptionally(failed);
        }
        return waiter;
    }

    // remove() cannot fail, and no caller waits for it.
    @SuppressWarnings("FutureReturnValueIgnored")
    private void removeWhenDone(Waiter waiter) {
        waiter.whenComplete((end, failure) -> remove(waiter));
    }

    private synchronized void remove(Waiter waiter) {
        waiting.remove(waiter);
        any = !waiting.isEmpty();
    }

    void readable(long end) {
        if (any) {
            for (Waiter next = below(end); next != null; next = below(end)) {
                next.complete(end);
            }
        }
    }

    void fail(StorageException reason) {
        for (Waiter next = below(Long.MAX_VALUE); next != null; next = below(Long.MAX_VALUE)) {
            next.completeExceptionally(reason);
        }
    }

    /** Takes out one at a time, so that after a failure the others are completed later. */
    private synchronized @Nullable Waiter below(long end) {
        Waiter next = waiting.peek();
        if (next == null || next.offset >= end) {
            return null;
        }
        waiting.remove();
        any = !waiting.isEmpty();
        return next;
    }
}
