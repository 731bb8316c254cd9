package io.lignum.storage.env;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs tasks on a limited number of threads, which are created as needed and end after ten idle
 * seconds. When the system has no further thread, the existing ones do the work.
 */
final class CommitPool implements Executor {

    private static final long IDLE_SECONDS = 10;

    private final ThreadPoolExecutor pool;

    CommitPool(int threads, ThreadFactory factory) {
        pool = new ThreadPoolExecutor(
                threads,
                threads,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(), // Its user bounds it: at most one task for each topic.
                factory);
        pool.allowCoreThreadTimeOut(true);
    }

    /**
     * Runs a task on one of the threads.
     *
     * @throws OutOfMemoryError there is no thread, and none can be created; the task will not run
     */
    @Override
    public void execute(Runnable task) {
        try {
            pool.execute(task);
        } catch (OutOfMemoryError e) { // "unable to create native thread"
            pool.remove(task);
            queue(task, e);
        }
    }

    private void queue(Runnable task, OutOfMemoryError e) {
        boolean queued = pool.getPoolSize() > 0 && pool.getQueue().offer(task);
        // The last thread may have ended before it could see the task.
        if (!queued || (pool.getPoolSize() == 0 && pool.remove(task))) {
            throw e;
        }
    }

    ThreadPoolExecutor threads() {
        return pool;
    }
}
