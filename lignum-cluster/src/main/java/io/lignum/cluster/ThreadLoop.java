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
 * A loop on a daemon thread of its own. A task that throws is a bug: the handler is told, and
 * nothing runs after it, because whatever the task was to change may be half changed. The thread is
 * never interrupted.
 *
 * <p>The inbox has no limit itself; whoever hands in tasks has one: clients' calls are limited at
 * the listeners, messages by their links, answers by what was asked.
 */
public final class ThreadLoop implements Loop {

    /** Tasks between two looks at the clock. */
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
     * The thread says that it goes to sleep before it looks into the inbox for the last time, and
     * whoever hands something in looks at this afterwards: so one of the two sees the other.
     */
    private volatile boolean sleeping;
    private volatile boolean stopped;

    // The thread's own.
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private long number;

    private ThreadLoop(String threadName, Consumer<Throwable> onFailure) {
        this.onFailure = onFailure;
        this.thread = new Thread(this::run, threadName);
        this.thread.setDaemon(true);
    }

    /** Starts a loop. The handler is called on its thread, once at most, with what a task threw. */
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
     * Waits until the last task is finished after {@link #stop}; false if it is not within
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
        // Somebody else's interrupt is not for this thread, and would keep it awake.
        Thread.interrupted();
    }
}
