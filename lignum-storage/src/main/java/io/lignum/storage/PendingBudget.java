package io.lignum.storage;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Limits the bytes of a store that are appended and not yet acknowledged. A caller that may block
 * waits until enough are released, or the store fails; any other is refused. An interrupt does not
 * end the wait. Any thread.
 */
final class PendingBudget {

    private final int limit;
    private final Semaphore free;
    private final StoreFailure failure;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition released = lock.newCondition();
    private final AtomicInteger waiting = new AtomicInteger(); // Changed under the lock.

    PendingBudget(long limitBytes, StoreFailure failure) {
        limit = (int) Math.min(Integer.MAX_VALUE, limitBytes);
        free = new Semaphore(limit);
        this.failure = failure;
    }

    void reserve(int bytes, boolean mayBlock) {
        if (free.tryAcquire(bytes)) {
            return;
        }
        if (!mayBlock) {
            throw new StorageException.Overloaded("maxPendingBytes", limit);
        }
        lock.lock();
        try {
            waiting.incrementAndGet();
            while (!free.tryAcquire(bytes)) {
                StorageException refusal = failure.refusal();
                if (refusal != null) {
                    throw refusal;
                }
                released.awaitUninterruptibly();
            }
        } finally {
            waiting.decrementAndGet();
            lock.unlock();
        }
    }

    void release(int bytes) {
        free.release(bytes);
        wake();
    }

    /** Wakes waiting callers: bytes were released, or the store failed. */
    void wake() {
        if (waiting.get() > 0) {
            lock.lock();
            try {
                released.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    long pendingBytes() {
        return limit - (long) free.availablePermits();
    }
}
