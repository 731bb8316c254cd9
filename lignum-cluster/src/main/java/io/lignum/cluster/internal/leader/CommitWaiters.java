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
 * Appends of one live topic that are on the leader's disk and wait to be committed. Any thread;
 * futures are completed outside the lock.
 */
public final class CommitWaiters {

    private record Waiter(
            Appended appended, long end, long deadlineNanos, CompletableFuture<Appended> future) {}

    private final String topic;
    // By the end of the append, nearly: repeats of older batches may stand behind younger ones.
    private final ArrayDeque<Waiter> waiting = new ArrayDeque<>();
    private long committed;
    private @Nullable ClusterException over;

    public CommitWaiters(String topic, long highWatermark) {
        this.topic = topic;
        committed = highWatermark;
    }

    /** Completes once the high watermark is past the append. */
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

    /** Gives up on appends whose time is over: they may be committed later, or not. */
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
        fail(
                late,
                new ClusterException.CommitUnknown(
                        "topic " + topic + ": the in-sync replicas did not acknowledge in time"));
    }

    /** What waits now may be committed later, or not; what comes yet may wait again. */
    void giveUp(String why) {
        List<Waiter> all;
        synchronized (this) {
            all = new ArrayList<>(waiting);
            waiting.clear();
        }
        fail(all, new ClusterException.CommitUnknown("topic " + topic + ": " + why));
    }

    /**
     * The epoch is over: what waits, and whatever comes yet, may be committed by the next leader,
     * or not (R5).
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
