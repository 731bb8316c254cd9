package io.lignum.storage.env;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs tasks on a limited number of threads, which are created as needed and end after ten idle
 * seconds. A task goes to the thread that became idle last: its stack is still in the caches, and
 * the threads that a burst has created end. {@link java.util.concurrent.ThreadPoolExecutor} wakes
 * the thread that has slept longest. Tasks that find no idle thread wait in the order of their
 * arrival.
 *
 * <p>When the system has no further thread, the existing ones do the work. Any thread may call.
 */
final class CommitPool implements Executor {

    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final int maxThreads;
    private final ThreadFactory factory;
    private final Object lock = new Object();

    // Guarded by the lock; closed is read without it as well.
    private final Deque<Worker> idle = new ArrayDeque<>();

    /** Not bounded here but by its user: at most one task for each topic. */
    private final Queue<Runnable> waiting = new ArrayDeque<>();

    private int threads;
    private volatile boolean closed;

    CommitPool(int maxThreads, ThreadFactory factory) {
        this.maxThreads = maxThreads;
        this.factory = factory;
    }

    /**
     * Runs a task on one of the threads.
     *
     * @throws OutOfMemoryError there is no thread, and none can be created; the task will not run
     * @throws RejectedExecutionException the pool is closed; the task will not run
     */
    @Override
    public void execute(Runnable task) {
        Worker worker;
        synchronized (lock) {
            if (closed) {
                throw new RejectedExecutionException("the pool of commit threads is closed");
            }
            worker = idle.pollLast();
            if (worker == null) {
                startOrQueue(task);
                return;
            }
            worker.task = task;
        }
        LockSupport.unpark(worker.thread);
    }

    /** With the lock held, so that no thread that could run the task ends meanwhile. */
    private void startOrQueue(Runnable task) {
        if (threads == maxThreads) {
            waiting.add(task);
            return;
        }
        try {
            factory.newThread(new Worker(task)).start();
            threads++;
        } catch (OutOfMemoryError e) { // "unable to create native thread"
            if (threads == 0) {
                throw e;
            }
            waiting.add(task);
        }
    }

    /** Takes no further task. The threads end when they have run what waits. Repeatable. */
    void shutdown() {
        synchronized (lock) {
            closed = true;
            idle.forEach(worker -> LockSupport.unpark(worker.thread));
            idle.clear();
            lock.notifyAll();
        }
    }

    /**
     * Waits until the threads have ended after {@link #shutdown}; false if some still run.
     *
     * @throws InterruptedException the calling thread was interrupted
     */
    boolean awaitTermination(long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        synchronized (lock) {
            while (!closed || threads > 0) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(lock, left);
            }
            return true;
        }
    }

    /** How many threads exist. */
    int size() {
        synchronized (lock) {
            return threads;
        }
    }

    /** One thread. Its fields are written by it, or with the lock held while it is idle. */
    private final class Worker implements Runnable {

        private volatile @Nullable Runnable task;
        private @Nullable Thread thread;

        Worker(Runnable first) {
            task = first;
        }

        @Override
        public void run() {
            thread = Thread.currentThread();
            Runnable next = task;
            while (next != null) {
                task = null;
                runSafely(next);
                next = next();
            }
        }

        /** The top of the thread, which goes on after a task that threw. */
        private void runSafely(Runnable next) {
            try {
                next.run();
            } catch (Throwable thrown) {
                Thread current = Thread.currentThread();
                current.getUncaughtExceptionHandler().uncaughtException(current, thrown);
            }
        }

        /** The next task; null when this thread must end, and is not counted any more. */
        private @Nullable Runnable next() {
            synchronized (lock) {
                Runnable next = waiting.poll();
                if (next != null) {
                    return next;
                }
                if (closed) {
                    return ended();
                }
                idle.addLast(this);
            }
            return awaitTask();
        }

        private @Nullable Runnable awaitTask() {
            long deadline = System.nanoTime() + IDLE_NANOS;
            while (task == null) {
                long left = deadline - System.nanoTime();
                if (left <= 0 || closed) {
                    return taskOrEnd();
                }
                LockSupport.parkNanos(CommitPool.this, left);
            }
            return task;
        }

        private @Nullable Runnable taskOrEnd() {
            synchronized (lock) {
                if (task != null) {
                    return task; // Handed over at the last moment.
                }
                idle.remove(this);
                return ended();
            }
        }

        private @Nullable Runnable ended() {
            threads--;
            lock.notifyAll();
            return null;
        }
    }
}
