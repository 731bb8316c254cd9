package io.lignum.server.grpc;

import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.util.concurrent.EventExecutor;
import io.lignum.server.config.Limits;
import io.lignum.server.service.ErrorCode;
import io.lignum.server.service.NodeThreads;
import io.lignum.server.service.RequestFailures;
import io.lignum.server.service.ServiceException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The listener's own threads: a pool for the callbacks of calls, a pool for file access, and a
 * timer. At a stop they finish their work and are never interrupted, because an interrupt during a
 * read would close the file for all readers.
 */
final class GrpcThreads {

    private static final int CALL_THREADS =
            Math.max(4, 2 * Runtime.getRuntime().availableProcessors());
    private static final int FILE_THREADS =
            Math.max(4, 2 * Runtime.getRuntime().availableProcessors());

    private static final Logger LOG = LoggerFactory.getLogger(GrpcThreads.class);

    /*
     * Bounded by what it serves and not by itself: every call has at most one task in it at a time,
     * and the number of calls is limited.
     */
    private final EventLoopGroup loops;
    private final ThreadPoolExecutor calls;
    private final ThreadPoolExecutor files;
    private final ScheduledThreadPoolExecutor timer;
    private final RequestFailures failures;
    private final int maxWaitingReads;

    GrpcThreads(EventLoopGroup loops, Limits limits, NodeThreads threads) {
        this.loops = loops;
        maxWaitingReads = limits.maxWaitingReads();
        calls = pool(threads.named("lignum-grpc-call"), CALL_THREADS, new LinkedBlockingQueue<>());
        files = pool(
                threads.named("lignum-grpc-file"),
                FILE_THREADS,
                new ArrayBlockingQueue<>(limits.maxWaitingReads() + limits.maxStreams()));
        timer = threads.timer("lignum-grpc-timer");
        failures = threads.failures();
    }

    private static ThreadPoolExecutor pool(
            ThreadFactory factory, int threads, BlockingQueue<Runnable> queue) {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(threads, threads, 30, TimeUnit.SECONDS, queue, factory);
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /**
     * The event loop of the calling thread.
     *
     * @throws IllegalStateException if the calling thread is not one of this listener's event loops
     */
    Executor currentLoop() {
        for (EventExecutor loop : loops) {
            if (loop.inEventLoop()) {
                return loop;
            }
        }
        throw new IllegalStateException(
                Thread.currentThread().getName() + " is no event loop of the gRPC listener");
    }

    /** For callbacks that do not block. */
    Executor calls() {
        return calls;
    }

    /**
     * For what reads or creates files; {@link RejectedExecutionException} when too much waits
     * already.
     */
    Executor files() {
        return files;
    }

    /** The error for a task that {@link #files} rejected. */
    ServiceException tooManyReads() {
        return ServiceException.overLimit(
                ErrorCode.OVERLOADED,
                "limits.max-waiting-reads",
                maxWaitingReads,
                "too many reads are waiting for their turn");
    }

    /** What becomes of what continuations throw. */
    RequestFailures failures() {
        return failures;
    }

    ScheduledFuture<?> after(Duration delay, Runnable task) {
        return timer.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Of one thread, to be watched. */
    ScheduledExecutorService timer() {
        return timer;
    }

    /** Lets the tasks at hand come to their end, for so long at most. */
    void close(Duration atMost) {
        timer.shutdownNow();
        calls.shutdown();
        files.shutdown();
        long deadline = System.nanoTime() + atMost.toNanos();
        try {
            for (ExecutorService pool : List.of(calls, files)) {
                if (!pool.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    LOG.warn("A call was still being served when the gRPC listener was closed");
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
