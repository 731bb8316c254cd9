package io.lignum.cluster.internal.state;

import io.lignum.cluster.ClusterException;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Calls on a node that are not answered yet. The end of the node ends each of them, also those
 * whose turn on its loop never comes. Any thread.
 */
public final class PendingCalls {

    // Guarded by itself. By identity, as a future has no other equality.
    private final Set<CompletableFuture<?>> calls =
            Collections.newSetFromMap(new IdentityHashMap<>());
    private boolean over; // guarded by calls

    /** The answer to a call; the caller of this method completes it. */
    <T> CompletableFuture<T> open() {
        CompletableFuture<T> call = new CompletableFuture<>();
        synchronized (calls) {
            if (over) {
                return CompletableFuture.failedFuture(stopped());
            }
            calls.add(call);
        }
        var unused = call.whenComplete((value, failure) -> forget(call));
        return call;
    }

    @SuppressWarnings("CollectionUndefinedEquality") // Identity is meant.
    private void forget(CompletableFuture<?> call) {
        synchronized (calls) {
            calls.remove(call);
        }
    }

    private static ClusterException stopped() {
        return new ClusterException.NotLeader("this node has stopped", null);
    }

    /** What was begun may take effect yet, or not. */
    void end() {
        List<CompletableFuture<?>> left;
        synchronized (calls) {
            over = true;
            left = List.copyOf(calls);
            calls.clear();
        }
        for (CompletableFuture<?> call : left) {
            call.completeExceptionally(
                    new ClusterException.CommitUnknown("the node stopped meanwhile"));
        }
    }

    int size() {
        synchronized (calls) {
            return calls.size();
        }
    }
}
