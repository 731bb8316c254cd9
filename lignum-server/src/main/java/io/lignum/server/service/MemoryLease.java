package io.lignum.server.service;

/**
 * The memory of one request and its answer. Taken from the node's budget in steps, before it is
 * allocated, and given back when the request is over. Any thread.
 */
public final class MemoryLease implements AutoCloseable {

    /** Small amounts share a step, so that the budget is not asked for each message. */
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
     * Takes memory. ServiceException with OVERLOADED when the budget has too little left; what this
     * lease holds already stays. A lease that is closed takes nothing: its request is over.
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

    /** Gives back a part of what was taken. */
    public synchronized void giveBack(long bytes) {
        if (closed) {
            return;
        }
        used -= bytes;
        long surplus = held - used;
        held = used;
        budget.giveBack(surplus);
    }

    /** Gives back all of it. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            budget.giveBack(held);
        }
    }
}
