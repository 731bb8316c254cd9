package io.lignum.storage.env;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/**
 * Provides the real disk, clock, randomness and threads: a limited pool for commits, and one thread
 * for the tick. The pool's threads are created as needed and end after ten idle seconds.
 */
public final class SystemEnvironment implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SystemEnvironment.class);

    private static final long TICK_MILLIS = 100;
    private static final long STOP_SECONDS = 30;

    private final CommitPool commits;
    private final ScheduledThreadPoolExecutor ticker;
    private final Environment environment;

    /**
     * Starts no thread yet.
     *
     * @param ioThreads how many files may be written and forced at a time; 1..256
     */
    public SystemEnvironment(int ioThreads) {
        this(ioThreads, new NioDisk());
    }

    /** As {@link #SystemEnvironment(int)}, with another disk, such as one with faults. */
    public SystemEnvironment(int ioThreads, Disk disk) {
        commits = new CommitPool(ioThreads, daemons("lignum-commit-"));
        ticker = new ScheduledThreadPoolExecutor(1, daemons("lignum-tick-"));
        environment = new Environment(disk, new SystemClock(), new SecureRandomSource(), commits);
    }

    public Environment environment() {
        return environment;
    }

    /**
     * Runs independent tasks on the pool, and returns when all that began have ended. Throws the
     * first failure.
     */
    public void runAll(List<Runnable> tasks) {
        List<CompletableFuture<Void>> running = new ArrayList<>();
        try {
            for (Runnable task : tasks) {
                running.add(CompletableFuture.runAsync(task, commits));
            }
        } finally {
            running.forEach(task -> task.handle((done, failure) -> failure).join());
        }
        for (CompletableFuture<Void> task : running) {
            try {
                task.join();
            } catch (CompletionException e) {
                throw unwrapped(e);
            }
        }
    }

    private static RuntimeException unwrapped(CompletionException e) {
        if (e.getCause() instanceof Error error) {
            throw error;
        }
        return e.getCause() instanceof RuntimeException cause ? cause : e;
    }

    /**
     * Calls {@code tick} every 100 ms on a thread of its own until closed, also after a call that
     * threw.
     */
    public void startTicking(Runnable tick) {
        var unused = ticker.scheduleWithFixedDelay(
                () -> runSafely(tick), 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** The top of the ticking thread, which would end if something escaped. */
    private static void runSafely(Runnable tick) {
        try {
            tick.run();
        } catch (Throwable e) {
            LOG.error("background work failed", e);
        }
    }

    /** Ends the threads; waits up to 30 s for their work. Interrupts no thread. */
    @Override
    public void close() {
        ticker.shutdown(); // Ends the repetition of the tick, too.
        commits.shutdown();
        awaitQuietly(left -> ticker.awaitTermination(left, TimeUnit.NANOSECONDS));
        awaitQuietly(commits::awaitTermination);
    }

    /** Waits for the end of some threads; true when they have ended. */
    private interface End {
        boolean await(long nanos) throws InterruptedException;
    }

    private static void awaitQuietly(End end) {
        boolean interrupted = false;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(STOP_SECONDS);
        boolean ended = false;
        while (!ended && System.nanoTime() < deadline) {
            try {
                ended = end.await(deadline - System.nanoTime());
            } catch (InterruptedException e) {
                interrupted = true; // The interrupt is kept for the caller.
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static ThreadFactory daemons(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + number.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        };
    }

    private static final class SystemClock implements EngineClock {
        @Override
        public long wallMillis() {
            return System.currentTimeMillis();
        }

        @Override
        public long monotonicNanos() {
            return System.nanoTime();
        }

        @Override
        public void pause(long nanos) {
            LockSupport.parkNanos(nanos);
        }
    }

    /** Created on first use: seeding takes time that not every start needs. */
    private static final class SecureRandomSource implements RandomGenerator {
        private static final class Holder {
            static final SecureRandom INSTANCE = new SecureRandom();
        }

        @Override
        public long nextLong() {
            return Holder.INSTANCE.nextLong();
        }
    }
}
