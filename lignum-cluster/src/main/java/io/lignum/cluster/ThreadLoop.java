package io.lignum.cluster;

import java.time.Duration;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A loop on a daemon thread of its own. If a task throws, the handler is called and no other task
 * runs, because the node's state may be half changed. The thread is never interrupted.
 *
 * <p>The inbox has no limit of its own; its sources have: clients' calls are limited at the
 * listeners, messages by their streams, answers by the requests.
 */
public final class ThreadLoop implements Loop {

    /** Tasks between two checks of the timers. */
    private static final int TURN = 64;

    private record Timer(long dueNanos, long number, Runnable task) implements Comparable<Timer> {
        @Override
        public int compareTo(Timer other) {
            // The clock may wrap, so only differences count.
            int byTime = Long.signum(dueNanos - other.dueNanos);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    private final Queue<Runnable> inbox = new ConcurrentLinkedQueue<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Consumer<Throwable> onFailure;
    private final Thread thread;

    /*
     * The thread sets this before it checks the inbox for the last time; a caller reads it after it
     * has added a task. So either the thread sees the task, or the caller wakes the thread.
     */
    private volatile boolean sleeping;
    private volatile boolean stopped;

    // Used by the thread only.
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private long number;

    private ThreadLoop(String threadName, Consumer<Throwable> onFailure) {
        this.onFailure = onFailure;
        this.thread = new Thread(this::run, threadName);
        this.thread.setDaemon(true);
    }

    /** Starts a loop. The handler is called on its thread, at most once, with what a task threw. */
    public static ThreadLoop start(String threadName, Consumer<Throwable> onFailure) {
        ThreadLoop loop = new ThreadLoop(threadName, onFailure);
        loop.thread.start();
        return loop;
    }

    @Override
    public void execute(Runnable task) {
        if (!stopped) {
            inbox.add(task);
            wake();
        }
    }

    @Override
    public void schedule(Duration delay, Runnable task) {
        long due = System.nanoTime() + Math.max(0, delay.toNanos());
        if (isThisThread()) {
            timers.add(new Timer(due, number++, task));
        } else {
            execute(() -> timers.add(new Timer(due, number++, task)));
        }
    }

    @Override
    public void stop() {
        stopped = true;
        wake();
    }

    /** Whether the caller runs in a task of this loop. */
    public boolean isThisThread() {
        return Thread.currentThread() == thread;
    }

    /**
     * Waits until the last task has finished after {@link #stop}; false if that takes longer than
     * {@code atMost}.
     */
    public boolean awaitEnd(Duration atMost) throws InterruptedException {
        return ended.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void wake() {
        if (sleeping) {
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        try {
            while (!stopped) {
                runDue();
                runInbox();
                if (inbox.isEmpty()) {
                    sleep();
                }
            }
        } catch (Throwable bug) {
            stopped = true;
            onFailure.accept(bug);
        } finally {
            inbox.clear();
            timers.clear();
            ended.countDown();
        }
    }

    private void runDue() {
        long now = System.nanoTime();
        for (Timer next = timers.peek();
                next != null && next.dueNanos - now <= 0 && !stopped;
                next = timers.peek()) {
            timers.remove();
            next.task.run();
        }
    }

    private void runInbox() {
        for (int i = 0; i < TURN && !stopped; i++) {
            Runnable task = inbox.poll();
            if (task == null) {
                return;
            }
            task.run();
        }
    }

    private void sleep() {
        sleeping = true;
        if (inbox.isEmpty() && !stopped) {
            Timer next = timers.peek();
            if (next == null) {
                LockSupport.park(this);
            } else {
                long nanos = next.dueNanos - System.nanoTime();
                if (nanos > 0) {
                    LockSupport.parkNanos(this, nanos);
                }
            }
        }
        sleeping = false;
        // An interrupt is not meant for this thread, and would keep it from waiting.
        Thread.interrupted();
    }
}
