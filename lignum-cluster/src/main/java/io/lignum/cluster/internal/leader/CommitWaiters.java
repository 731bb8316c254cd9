package io.lignum.cluster.internal.leader;

import io.lignum.cluster.ClusterException;
import io.lignum.storage.Appended;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Appends of one live topic that are written by the leader and wait for their commit. Any thread;
 * futures complete outside the lock.
 */
public final class CommitWaiters {

    private record Waiter(
            Appended appended, long end, long deadlineNanos, CompletableFuture<Appended> future) {}

    private final String topic;
    // Sorted by the end of the append, nearly: repeats of older batches may stand behind later
    // appends.
    private final ArrayDeque<Waiter> waiting = new ArrayDeque<>();
    private long committed;
    private @Nullable ClusterException over;

    public CommitWaiters(String topic, long highWatermark) {
        this.topic = topic;
        committed = highWatermark;
    }

    /** Completes once the high watermark has passed the append. */
    public CompletableFuture<Appended> await(Appended appended, long deadlineNanos) {
        long end = appended.firstOffset() + appended.count();
        CompletableFuture<Appended> future = new CompletableFuture<>();
        ClusterException failure;
        synchronized (this) {
            failure = over;
            if (failure == null && end > committed) {
                waiting.addLast(new Waiter(appended, end, deadlineNanos, future));
                return future;
            }
        }
        if (failure != null) {
            future.completeExceptionally(failure);
        } else {
            future.complete(appended);
        }
        return future;
    }

    public void committed(long highWatermark) {
        List<Waiter> done = new ArrayList<>();
        synchronized (this) {
            committed = Math.max(committed, highWatermark);
            while (!waiting.isEmpty() && waiting.peekFirst().end() <= committed) {
                done.add(waiting.removeFirst());
            }
        }
        done.forEach(waiter -> waiter.future().complete(waiter.appended()));
    }

    /** Ends appends whose time is over with UNKNOWN: they may be committed later. */
    public void expire(long nowNanos) {
        List<Waiter> late = new ArrayList<>();
        synchronized (this) {
            Iterator<Waiter> all = waiting.iterator();
            while (all.hasNext()) {
                Waiter waiter = all.next();
                if (waiter.deadlineNanos() - nowNanos <= 0) {
                    all.remove();
                    late.add(waiter);
                }
            }
        }
        if (late.isEmpty()) {
            return; // As nearly always: an exception costs its stack trace.
        }
        fail(
                late,
                new ClusterException.CommitUnknown(
                        "topic " + topic + ": the in-sync replicas did not acknowledge in time"));
    }

    /**
     * Ends the waiting appends with UNKNOWN: they may be committed later. Later appends wait as
     * before.
     */
    void giveUp(String why) {
        List<Waiter> all;
        synchronized (this) {
            all = new ArrayList<>(waiting);
            waiting.clear();
        }
        fail(all, new ClusterException.CommitUnknown("topic " + topic + ": " + why));
    }

    /**
     * Ends the epoch: waiting appends, and all later ones, end with UNKNOWN, because the next
     * leader may commit them (R5).
     */
    public void end(String why) {
        ClusterException failure =
                new ClusterException.CommitUnknown("topic " + topic + ": " + why);
        List<Waiter> all;
        synchronized (this) {
            over = failure;
            all = new ArrayList<>(waiting);
            waiting.clear();
        }
        fail(all, failure);
    }

    private static void fail(List<Waiter> waiters, ClusterException failure) {
        waiters.forEach(waiter -> waiter.future().completeExceptionally(failure));
    }

    public synchronized int size() {
        return waiting.size();
    }
}
