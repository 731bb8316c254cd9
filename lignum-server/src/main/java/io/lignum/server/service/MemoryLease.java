package io.lignum.server.service;

/**
 * The memory of one request and its response. It is reserved from the node's budget in steps,
 * before it is allocated, and released when the request ends. Any thread.
 */
public final class MemoryLease implements AutoCloseable {

    /** Small amounts share a step, so that not every message accesses the budget. */
    private static final long STEP = 16 * 1024;

    private final Permits budget;
    private final ServiceListener listener;
    private long used; // guarded by this
    private long held; // guarded by this
    private boolean closed; // guarded by this

    MemoryLease(Permits budget, ServiceListener listener) {
        this.budget = budget;
        this.listener = listener;
    }

    /**
     * Reserves memory. A closed lease reserves nothing, since its request has ended.
     *
     * @throws ServiceException OVERLOADED: the budget is exhausted; the lease keeps what it has
     */
    public void take(long bytes) {
        try {
            reserve(bytes);
        } catch (ServiceException refused) {
            listener.failed(refused.code());
            throw refused;
        }
    }

    /** As {@link #take}, for callers that count the error themselves. */
    synchronized void reserve(long bytes) {
        if (closed) {
            return;
        }
        long missing = used + bytes - held;
        if (missing > 0) {
            long step = Math.max(missing, Math.min(held, STEP));
            budget.take(step, held);
            held += step;
        }
        used += bytes;
    }

    /** Releases a part. */
    public synchronized void giveBack(long bytes) {
        if (closed) {
            return;
        }
        used -= bytes;
        long surplus = held - used;
        held = used;
        budget.giveBack(surplus);
    }

    /** Releases everything. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            budget.giveBack(held);
        }
    }
}
