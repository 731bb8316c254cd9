package io.lignum.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;

/**
 * Readers that wait for an offset to become readable. Bounded. Any thread; costs the writer one volatile
 * read while nobody waits.
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
     * A future that completes with the readable end once it is above {@code offset}. Cancelling it gives
     * the place back.
     */
    CompletableFuture<Long> await(long offset, LogState state) {
        Waiter waiter = new Waiter(offset);
        synchronized (this) {
            if (waiting.size() >= limit) {
                throw new StorageException.Overloaded("maxWaitingReads", limit);
            }
            waiting.add(waiter);
            any = true;
        }
        removeWhenDone(waiter);
        // The end may have moved, or the log been closed, before the writer could see this waiter.
        StorageException unreadable = state.unreadable();
        if (unreadable != null) {
            waiter.completeExceptionally(unreadable);
        } else if (state.readableEnd() > offset) {
            waiter.complete(state.readableEnd());
        }
        return waiter;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // remove() cannot fail, and nobody waits for it
    private void removeWhenDone(Waiter waiter) {
        waiter.whenComplete((end, failure) -> remove(waiter));
    }

    private synchronized void remove(Waiter waiter) {
        waiting.remove(waiter);
        any = !waiting.isEmpty();
    }

    void readable(long end) {
        if (any) {
            for (Waiter waiter : below(end)) {
                waiter.complete(end);
            }
        }
    }

    void fail(StorageException reason) {
        for (Waiter waiter : below(Long.MAX_VALUE)) {
            waiter.completeExceptionally(reason);
        }
    }

    private synchronized List<Waiter> below(long end) {
        List<Waiter> ready = new ArrayList<>();
        for (Waiter next = waiting.peek();
                next != null && next.offset < end;
                next = waiting.peek()) {
            ready.add(waiting.remove());
        }
        any = !waiting.isEmpty();
        return ready;
    }
}
