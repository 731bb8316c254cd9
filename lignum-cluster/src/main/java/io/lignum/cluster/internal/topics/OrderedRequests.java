package io.lignum.cluster.internal.topics;

import io.lignum.cluster.ClusterException;
import io.lignum.cluster.internal.state.NodeContext;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Sends requests that must keep their order: a request waits for the response to the previous one
 * with the same key. A request whose turn does not come within the commit timeout is not sent. Any
 * thread; the caller bounds what is sent.
 */
final class OrderedRequests {

    private record Request<T>(
            Supplier<CompletableFuture<T>> work, CompletableFuture<T> response, long deadline) {
        /** Completes when the next one may be sent. */
        CompletableFuture<T> send(long nowNanos) {
            CompletableFuture<T> sent;
            try {
                sent = nowNanos - deadline < 0
                        ? work.get()
                        : CompletableFuture.failedFuture(late());
            } catch (RuntimeException e) {
                sent = CompletableFuture.failedFuture(e);
            }
            NodeContext.forward(sent, response);
            return sent;
        }

        private static ClusterException late() {
            return new ClusterException.NotLeader(
                    "the leader did not answer this producer's previous append; nothing was sent",
                    null);
        }
    }

    private final NodeContext context;
    /**
     * Waiting requests by key, while one of that key is pending; guarded by this, contents
     * included.
     */
    private final Map<String, ArrayDeque<Request<?>>> lanes = new HashMap<>();

    OrderedRequests(NodeContext context) {
        this.context = context;
    }

    <T> CompletableFuture<T> send(String key, Supplier<CompletableFuture<T>> work) {
        Request<T> request = new Request<>(
                work,
                new CompletableFuture<>(),
                context.nowNanos() + context.config().commitTimeout().toNanos());
        boolean first;
        synchronized (this) {
            first = !lanes.containsKey(key);
            lanes.computeIfAbsent(key, unseen -> new ArrayDeque<>()).addLast(request);
        }
        if (first) {
            sendNext(key);
        }
        return request.response();
    }

    /** A loop, so that responses that are there at once do not deepen the stack. */
    private void sendNext(String key) {
        for (Request<?> next = poll(key); next != null; next = poll(key)) {
            CompletableFuture<?> sent = next.send(context.nowNanos());
            if (!sent.isDone()) {
                context.whenDone(sent, (response, failure) -> sendNext(key));
                return;
            }
        }
    }

    private synchronized @Nullable Request<?> poll(String key) {
        ArrayDeque<Request<?>> lane = lanes.get(key);
        Request<?> next = lane == null ? null : lane.pollFirst();
        if (next == null) {
            lanes.remove(key);
        }
        return next;
    }
}
