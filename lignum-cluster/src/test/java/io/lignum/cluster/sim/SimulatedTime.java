package io.lignum.cluster.sim;

import io.lignum.storage.env.EngineClock;

import java.time.Duration;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * The time that everything simulated shares, and all that is still to happen in it. Tasks run one
 * after the other, the earliest first; which of those due at the same instant comes first is the
 * seed's choice. Time moves only between tasks.
 *
 * <p>One thread.
 */
public final class SimulatedTime implements EngineClock, Executor {

    private static final long START_MILLIS = 1_700_000_000_000L;

    private record Due(long atNanos, int lot, long number, Runnable task)
            implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            int byTime = Long.compare(atNanos, other.atNanos);
            int byLot = byTime != 0 ? byTime : Integer.compare(lot, other.lot);
            return byLot != 0 ? byLot : Long.compare(number, other.number);
        }
    }

    private final Random random;
    private final PriorityQueue<Due> due = new PriorityQueue<>();
    private final Trace trace = new Trace();
    private long nanos;
    private long number;
    private long wallAheadMillis;

    public SimulatedTime(long seed) {
        random = new Random(seed);
    }

    /** The only source of randomness. */
    public Random random() {
        return random;
    }

    /** The trace of the simulation. */
    public Trace trace() {
        return trace;
    }

    /** Runs the task soon; the order of tasks for the same instant is random. */
    @Override
    public void execute(Runnable task) {
        at(nanos, task);
    }

    public void schedule(Duration delay, Runnable task) {
        at(nanos + Math.max(0, delay.toNanos()), task);
    }

    private void at(long when, Runnable task) {
        due.add(new Due(when, random.nextInt(), number++, task));
    }

    /** Runs the next task, advancing the time to it; returns false if no task is left. */
    public boolean step() {
        Due next = due.poll();
        if (next == null) {
            return false;
        }
        nanos = Math.max(nanos, next.atNanos());
        trace.step(nanos, next.number());
        next.task().run();
        return true;
    }

    /** Runs everything that is due within {@code span}. */
    public void run(Duration span) {
        long end = nanos + span.toNanos();
        while (stepBefore(end)) {
            // Until there is nothing left to do.
        }
    }

    /**
     * Runs the next task if it is due by {@code end}; otherwise advances the time to {@code end}
     * and returns false.
     */
    boolean stepBefore(long end) {
        Due next = due.peek();
        if (next == null || next.atNanos() > end) {
            nanos = end;
            return false;
        }
        return step();
    }

    /** Runs until the future is done, for at most {@code atMost}, and returns its result. */
    public <T> T await(CompletableFuture<T> future, Duration atMost) {
        long end = nanos + atMost.toNanos();
        while (!future.isDone()) {
            Due next = due.peek();
            if (next == null || next.atNanos() > end) {
                throw new AssertionError("not done after " + atMost + " of simulated time");
            }
            step();
        }
        return future.join();
    }

    @Override
    public long wallMillis() {
        return START_MILLIS + wallAheadMillis + nanos / 1_000_000;
    }

    /** Advances the wall clocks but not the monotonic ones, as when machines were suspended. */
    public void jumpWall(Duration by) {
        wallAheadMillis += by.toMillis();
    }

    @Override
    public long monotonicNanos() {
        return nanos;
    }
}
