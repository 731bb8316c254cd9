package io.lignum.cluster;

import io.lignum.cluster.coordinator.Coordinator;
import io.lignum.cluster.peer.Network;
import io.lignum.storage.LogStore;
import io.lignum.storage.env.Disk;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;

/** What the parts of a node share. Immutable but for whether the node is stopped. */
final class NodeContext {

    private final ClusterConfig config;
    private final ClusterEnvironment environment;
    private final LogStore store;
    private final Keys keys;
    private volatile boolean stopped;

    NodeContext(ClusterConfig config, ClusterEnvironment environment, LogStore store) {
        this.config = config;
        this.environment = environment;
        this.store = store;
        keys = Keys.of(config.leaderKey(), config.clusterName());
    }

    ClusterConfig config() {
        return config;
    }

    LogStore store() {
        return store;
    }

    Keys keys() {
        return keys;
    }

    /** Holds the node's own files, in {@link ClusterConfig#directory}. */
    Disk disk() {
        return environment.disk();
    }

    Coordinator coordinator() {
        return environment.coordinator();
    }

    Network network() {
        return environment.network();
    }

    long nowNanos() {
        return environment.clock().monotonicNanos();
    }

    long wallMillis() {
        return environment.clock().wallMillis();
    }

    /** Version 4, from the randomness that was handed in. */
    UUID newId() {
        long high = (environment.random().nextLong() & ~0xf000L) | 0x4000L;
        long low = (environment.random().nextLong() & ~(3L << 62)) | (1L << 63);
        return new UUID(high, low);
    }

    /** Makes a value differ from every other one. */
    String nonce() {
        return Long.toHexString(environment.random().nextLong());
    }

    /** Runs the task on the node's loop, unless the node stops before. Any thread. */
    void onLoop(Runnable task) {
        environment.loop().execute(() -> {
            if (!stopped) {
                task.run();
            }
        });
    }

    /** Runs the task on the node's loop once {@code delay} is over. Any thread. */
    void later(Duration delay, Runnable task) {
        environment.loop().schedule(delay, () -> {
            if (!stopped) {
                task.run();
            }
        });
    }

    /** Tells the loop how a future ended: with a value, or with the exception that is the cause. */
    <T> void onLoop(
            CompletableFuture<T> future, BiConsumer<@Nullable T, @Nullable Throwable> handler) {
        var unused = future.whenComplete(
                (value, failure) -> onLoop(() -> handler.accept(value, causeOf(failure))));
    }

    /** The second future ends as the first does. */
    static <T> void forward(CompletableFuture<? extends T> from, CompletableFuture<T> to) {
        var unused = from.whenComplete((value, failure) -> {
            Throwable cause = causeOf(failure);
            if (cause != null) {
                to.completeExceptionally(cause);
            } else {
                to.complete(value);
            }
        });
    }

    static @Nullable Throwable causeOf(@Nullable Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** Runs what blocks on the disk. */
    void blocking(Runnable task) {
        environment.io().execute(task);
    }

    void stop() {
        stopped = true;
    }

    boolean isStopped() {
        return stopped;
    }
}
