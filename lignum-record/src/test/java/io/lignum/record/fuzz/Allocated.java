package io.lignum.record.fuzz;

import com.sun.management.ThreadMXBean;

import java.lang.management.ManagementFactory;

/** What a piece of work takes of the heap, whether it lets go of it or not. */
public final class Allocated {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocated() {}

    /**
     * Bytes that the work allocates on this thread. It is done twice, and the lesser counts: the
     * first time may load classes.
     */
    public static long bytes(Runnable work) {
        return Math.min(once(work), once(work));
    }

    private static long once(Runnable work) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        work.run();
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
