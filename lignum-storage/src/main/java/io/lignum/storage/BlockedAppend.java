package io.lignum.storage;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Blocks a thread in an append until the outcome is known.
 *
 * <p>To wake 64 threads one after the other takes longer than a force. So the writer wakes two
 * threads of a group, each of these wakes two more, and so on. The writer soon continues with the
 * next group, and the wake-ups are spread over the cores.
 *
 * <p>The only class of the engine that parks threads. An interrupt does not end the wait, since the
 * append would not end either; it is kept for the caller.
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

    /** Its position among the threads that wait for the same group. */
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

    /** Starts to wake the threads, after all of them are acknowledged or failed. */
    static void wake(List<BlockedAppend> completed) {
        for (int i = 0; i < FANOUT && i < completed.size(); i++) {
            completed.get(i).wake();
        }
    }

    private void wake() {
        if (thread == Thread.currentThread()) {
            // This is the writer's thread; it may be busy for a while before it awaits.
            wakeOthers();
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

    /** Blocks until the append is acknowledged or failed. */
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
