package io.lignum.cluster.node;

import io.lignum.cluster.ClusterEnvironment;
import io.lignum.cluster.Loop;
import io.lignum.cluster.coordinator.Coordinator;
import io.lignum.storage.LogStore;
import io.lignum.storage.StoreListener;
import io.lignum.storage.TopicLog;
import io.lignum.storage.WrittenBatches;
import io.lignum.storage.env.Disk;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * An environment of a node in which the n-th hand-over of one kind throws once. It models what the
 * real threads do with an exception: the loop ends, and the network ends the stream.
 */
final class FaultyEnvironment {

    /** The hand-overs between threads. */
    enum HandOver {
        /** To the loop: a task, from any thread. */
        TASK,
        /** To the loop, later. */
        TIMER,
        /** To the threads that block on the disk. */
        IO,
        /** To the node's own files. */
        OWN_FILES,
        /** To the coordinator. */
        COORDINATOR,
        /** From the coordinator, including watches: the response fails. */
        COORDINATOR_ANSWER,
        /** To a peer: a stream, a message on it, or a request. */
        NETWORK,
        /** From a peer: a stream, a message on it, its end, a request or a response. */
        NETWORK_CALLBACK,
        /** From the engine: a listener throws. */
        STORAGE_LISTENER
    }

    private final HandOver at;
    private final long nth;
    private final Throwable cause;
    private final Map<HandOver, Long> passed = new EnumMap<>(HandOver.class);
    private boolean armed;
    private boolean fired;

    FaultyEnvironment(HandOver at, long nth, Throwable cause) {
        this.at = at;
        this.nth = nth;
        this.cause = cause;
    }

    /** From now on hand-overs count, including those of the store's listeners. */
    void arm(LogStore store) {
        armed = true;
        store.addListener(new StoreListener() {
            @Override
            public void written(TopicLog log, WrittenBatches batches, long nanos) {
                hit(HandOver.STORAGE_LISTENER);
            }

            @Override
            public void flushed(TopicLog log, long flushedEnd) {
                hit(HandOver.STORAGE_LISTENER);
            }
        });
    }

    /** From now on hand-overs do not count. */
    void disarm() {
        armed = false;
    }

    boolean hasFired() {
        return fired;
    }

    long passed(HandOver kind) {
        return passed.getOrDefault(kind, 0L);
    }

    boolean isDue(HandOver here) {
        if (!armed) {
            return false;
        }
        long count = passed.merge(here, 1L, Long::sum);
        boolean due = here == at && count == nth;
        fired |= due;
        return due;
    }

    void hit(HandOver here) {
        if (isDue(here)) {
            raise();
        }
    }

    private void raise() {
        if (cause instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) cause;
    }

    /** Runs the call; returns false if the injected exception came out of it. */
    boolean guarded(Runnable call) {
        try {
            call.run();
            return true;
        } catch (RuntimeException | Error e) {
            if (e != cause) {
                throw e;
            }
            return false;
        }
    }

    ClusterEnvironment around(ClusterEnvironment inner) {
        return new ClusterEnvironment(
                disk(inner.disk()),
                inner.clock(),
                inner.random(),
                new FaultyLoop(inner.loop()),
                task -> {
                    hit(HandOver.IO);
                    inner.io().execute(() -> guarded(task));
                },
                coordinator(inner.coordinator()),
                new FaultyNetwork(this, inner.network()));
    }

    private Disk disk(Disk inner) {
        return (Disk) Proxy.newProxyInstance(
                Disk.class.getClassLoader(),
                new Class<?>[] {Disk.class},
                (proxy, method, arguments) -> {
                    hit(HandOver.OWN_FILES);
                    try {
                        return method.invoke(inner, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private Coordinator coordinator(Coordinator inner) {
        return HookedCoordinator.of(inner, (method, arguments) -> {
            hit(HandOver.COORDINATOR);
            return !method.equals("close") && isDue(HandOver.COORDINATOR_ANSWER)
                    ? CompletableFuture.failedFuture(cause)
                    : null;
        });
    }

    private final class FaultyLoop implements Loop {
        private final Loop inner;

        FaultyLoop(Loop inner) {
            this.inner = inner;
        }

        @Override
        public void execute(Runnable task) {
            hit(HandOver.TASK);
            inner.execute(() -> runTask(task));
        }

        @Override
        public void schedule(Duration delay, Runnable task) {
            hit(HandOver.TIMER);
            inner.schedule(delay, () -> runTask(task));
        }

        /** Nothing runs after a task that threw. */
        private void runTask(Runnable task) {
            if (!guarded(task)) {
                inner.stop();
            }
        }

        @Override
        public void stop() {
            inner.stop();
        }
    }
}
