package io.lignum.cluster.internal.topics;

import io.lignum.cluster.ClusterException;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.storage.TopicLog;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Creates topics on their first append, and keeps the appends that arrive meanwhile in order. Any
 * thread.
 */
public final class TopicCreator {

    /** Creates a topic with the default settings, or finds one of that name that exists by then. */
    public interface Maker {
        CompletableFuture<TopicLog> make(String name);
    }

    private interface Parked {
        void there(TopicLog log);

        void failed(Throwable failure);
    }

    private final NodeContext context;
    private final Maker maker;
    private final Map<String, ArrayDeque<Parked>> creating = new HashMap<>();

    public TopicCreator(NodeContext context, Maker maker) {
        this.context = context;
        this.maker = maker;
    }

    /** Whether appends to the topic must wait behind others that wait for its creation. */
    public synchronized boolean isCreating(String name) {
        return !creating.isEmpty() && creating.containsKey(name);
    }

    /** Runs the work once the topic exists, after the work that was handed in before. */
    public <T> CompletableFuture<T> whenThere(
            String name, Function<TopicLog, CompletableFuture<T>> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Parked parked = new Parked() {
            @Override
            public void there(TopicLog log) {
                try {
                    NodeContext.forward(work.apply(log), result);
                } catch (RuntimeException e) {
                    result.completeExceptionally(e);
                }
            }

            @Override
            public void failed(Throwable failure) {
                result.completeExceptionally(failure);
            }
        };
        boolean first;
        synchronized (this) {
            ArrayDeque<Parked> queue = creating.get(name);
            first = queue == null;
            if (queue == null) {
                queue = new ArrayDeque<>();
                creating.put(name, queue);
            }
            queue.add(parked);
        }
        if (first) {
            context.whenDone(maker.make(name), (log, failure) -> drain(name, log, failure));
        }
        return result;
    }

    /** One by one, so that appends that arrive meanwhile still wait behind. */
    private void drain(String name, @Nullable TopicLog log, @Nullable Throwable failure) {
        boolean drained = false;
        try {
            for (Parked next = poll(name); next != null; next = poll(name)) {
                if (log != null) {
                    next.there(log);
                } else {
                    next.failed(failure == null ? new IllegalStateException(name) : failure);
                }
            }
            drained = true;
        } finally {
            if (!drained) { // An Error: the remaining calls must end.
                failRest(name);
            }
        }
    }

    private void failRest(String name) {
        ClusterException notDone = new ClusterException.NotLeader(
                "the node failed before it appended to topic " + name, null);
        for (Parked next = poll(name); next != null; next = poll(name)) {
            next.failed(notDone);
        }
    }

    private synchronized @Nullable Parked poll(String name) {
        ArrayDeque<Parked> queue = creating.get(name);
        Parked next = queue == null ? null : queue.poll();
        if (next == null) {
            creating.remove(name);
        }
        return next;
    }
}
