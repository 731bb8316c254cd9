package io.lignum.cluster.internal.state;

import io.lignum.cluster.ClusterException;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The unanswered calls on a node. When the node ends, each of them ends, also those that never ran
 * on the node loop. Any thread.
 */
public final class PendingCalls {

    // Guarded by itself. Compares identities, because futures have no other equality.
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

    /** Work that has started may still take effect. */
    void end() {
        List<CompletableFuture<?>> left;
        synchronized (calls) {
            over = true;
            left = List.copyOf(calls);
            calls.clear();
        }
        for (CompletableFuture<?> call : left) {
            call.completeExceptionally(new ClusterException.CommitUnknown("the node has stopped"));
        }
    }

    int size() {
        synchronized (calls) {
            return calls.size();
        }
    }
}
