package io.lignum.storage;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that waits in a blocking append.
 *
 * <p>Waking 64 threads one after the other costs more than the disk does. So whoever completes a
 * group wakes two of its threads, each of these wakes two more, and so on: the writer is soon back
 * at the next group, and the waking is spread over the cores.
 *
 * <p>The only class of the engine that knows of threads. An interrupt does not end the wait, since
 * the append would not end either; it is kept for the caller.
 */
final class BlockedAppend implements Ack {

    private static final int FANOUT = 2;

    private final Thread thread = Thread.currentThread();
    private long firstOffset;
    private int count;
    private boolean duplicate;
    private List<BlockedAppend> group = List.of();
    private int index;
    private @Nullable StorageException failure;
    private volatile boolean done;

    @Override
    public void placed(long first, int records, boolean repeated) {
        firstOffset = first;
        count = records;
        duplicate = repeated;
    }

    /** Where it stands among the threads that wait for the same group. */
    void joined(List<BlockedAppend> waiting, int position) {
        group = waiting;
        index = position;
    }

    @Override
    public void acknowledge() {
        done = true;
    }

    @Override
    public void fail(StorageException cause) {
        if (!done) {
            failure = cause;
            done = true;
        }
    }

    /** Sets the wave going, once every one of them is acknowledged or failed. */
    static void wake(List<BlockedAppend> completed) {
        for (int i = 0; i < FANOUT && i < completed.size(); i++) {
            completed.get(i).wake();
        }
    }

    private void wake() {
        if (thread == Thread.currentThread()) {
            wakeOthers(); // It is the writer itself, and may be busy for a while before it gets to
            // await.
            group = List.of();
        } else {
            LockSupport.unpark(thread);
        }
    }

    private void wakeOthers() {
        int size = group.size();
        for (int i = FANOUT * (index + 1); i < FANOUT * (index + 2) && i < size; i++) {
            group.get(i).wake();
        }
    }

    /** Blocks until it is acknowledged. */
    Appended await() {
        boolean interrupted = false;
        while (!done) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        wakeOthers();
        if (interrupted) {
            thread.interrupt();
        }
        if (failure != null) {
            throw failure;
        }
        return new Appended(firstOffset, count, duplicate);
    }
}
