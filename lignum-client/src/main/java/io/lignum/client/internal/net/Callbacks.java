package io.lignum.client.internal.net;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The executors that run user code: the callback executor if the client has one, or defaults. Any
 * thread.
 */
public final class Callbacks {

    private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final @Nullable Executor given;
    private @Nullable ExecutorService own;

    public Callbacks(@Nullable Executor given) {
        this.given = given;
    }

    /**
     * The executor that completes futures: the callback executor, or the thread that got the
     * answer.
     */
    public Executor forFutures() {
        return given == null ? Runnable::run : this::onGiven;
    }

    /* A future must end also if the executor is full, closed or broken. */
    private void onGiven(Runnable completion) {
        Executor executor = Objects.requireNonNull(given);
        try {
            executor.execute(completion);
        } catch (RejectedExecutionException refused) {
            completion.run();
        } catch (RuntimeException | Error failed) {
            LOG.warn(
                    "The callback executor failed; this thread completes the future: {}",
                    failed.toString());
            completion.run();
        }
    }

    /**
     * The executor that calls handlers, which may block. The default has at most one thread for
     * each active subscription.
     */
    public synchronized Executor forHandlers() {
        if (given != null) {
            return given;
        }
        if (own == null) {
            own = new ThreadPoolExecutor(
                    0,
                    Integer.MAX_VALUE,
                    10,
                    TimeUnit.SECONDS,
                    new SynchronousQueue<>(),
                    Callbacks::thread);
        }
        return own;
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "lignum-client-handler-" + NUMBER.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }

    /** Ends idle threads of the default executor; busy ones end after their task. */
    public synchronized void close() {
        if (own != null) {
            own.shutdown();
        }
    }
}
