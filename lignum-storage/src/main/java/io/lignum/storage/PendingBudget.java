package io.lignum.storage;

import java.util.concurrent.Semaphore;

/**
 * Bounds the bytes of a store that are appended and not yet acknowledged. Who may block waits for room;
 * who may not is told so. Any thread.
 */
final class PendingBudget {

    private final int limit;
    private final Semaphore free;

    PendingBudget(long limitBytes) {
        limit = (int) Math.min(Integer.MAX_VALUE, limitBytes);
        free = new Semaphore(limit);
    }

    void reserve(int bytes, boolean mayBlock) {
        if (free.tryAcquire(bytes)) {
            return;
        }
        if (!mayBlock) {
            throw new StorageException.Overloaded("maxPendingBytes", limit);
        }
        free.acquireUninterruptibly(bytes);
    }

    void release(int bytes) {
        free.release(bytes);
    }

    long pendingBytes() {
        return limit - (long) free.availablePermits();
    }
}
