package io.lignum.cluster.internal.state;

import io.lignum.cluster.ClusterConfig;
import io.lignum.cluster.ClusterEnvironment;
import io.lignum.cluster.ClusterException;
import io.lignum.cluster.coordinator.Coordinator;
import io.lignum.cluster.peer.Network;
import io.lignum.storage.LogStore;
import io.lignum.storage.StorageException;
import io.lignum.storage.env.Disk;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Gives the parts of a node access to its environment, and moves work between threads. No failure
 * is lost on the way: an unexpected exception of a task or a continuation, or of the hand-over
 * itself, ends the node; a call ends with what its work throws.
 */
public final class NodeContext {

    private final ClusterConfig config;
    private final ClusterEnvironment environment;
    private final LogStore store;
    private final CoordinatorKeys keys;
    private final Consumer<Throwable> onFailure;
    private final PendingCalls calls = new PendingCalls();
    private volatile boolean stopped;
    private volatile boolean broken;

    /** @param onFailure called with an unexpected exception; any thread, perhaps more than once */
    public NodeContext(
            ClusterConfig config,
            ClusterEnvironment environment,
            LogStore store,
            Consumer<Throwable> onFailure) {
        this.config = config;
        this.environment = environment;
        this.store = store;
        this.onFailure = onFailure;
        keys = CoordinatorKeys.of(config.leaderKey(), config.clusterName());
    }

    public ClusterConfig config() {
        return config;
    }

    public LogStore store() {
        return store;
    }

    public CoordinatorKeys keys() {
        return keys;
    }

    /** The disk of the node's own files, which are in {@link ClusterConfig#directory}. */
    public Disk disk() {
        return environment.disk();
    }

    public Coordinator coordinator() {
        return environment.coordinator();
    }

    public Network network() {
        return environment.network();
    }

    public long nowNanos() {
        return environment.clock().monotonicNanos();
    }

    public long wallMillis() {
        return environment.clock().wallMillis();
    }

    /** A version 4 UUID from the environment's source of randomness. */
    public UUID newId() {
        long high = (environment.random().nextLong() & ~0xf000L) | 0x4000L;
        long low = (environment.random().nextLong() & ~(3L << 62)) | (1L << 63);
        return new UUID(high, low);
    }

    /** A value that makes what it is written to differ from all others. */
    public String nonce() {
        return Long.toHexString(environment.random().nextLong());
    }

    /** Runs the task on the node loop, unless the node stops first. Any thread. */
    public void onLoop(Runnable task) {
        handOver(() -> environment.loop().execute(() -> run(task)));
    }

    /** Runs the task on the node loop after {@code delay}. Any thread. */
    public void later(Duration delay, Runnable task) {
        handOver(() -> environment.loop().schedule(delay, () -> run(task)));
    }

    /**
     * If the loop does not accept a task, or a task throws, work is missing or half done: the node
     * ends.
     */
    private void handOver(Runnable handingOver) {
        try {
            handingOver.run();
        } catch (Throwable bug) {
            breaks(bug);
            throw bug;
        }
    }

    private void run(Runnable task) {
        if (!stopped) {
            handOver(task);
        }
    }

    /** State may be half changed, so no other task may run. */
    private void breaks(Throwable bug) {
        broken = true;
        stop();
        onFailure.accept(bug);
    }

    /**
     * Calls the handler on the node loop with the result of a future: a value, or the exception
     * that is the cause.
     */
    public <T> void onLoop(
            CompletableFuture<T> future, BiConsumer<@Nullable T, @Nullable Throwable> handler) {
        whenDone(future, (value, failure) -> onLoop(() -> handler.accept(value, failure)));
    }

    /**
     * Calls the handler with the result of a future, on the thread that completes it, or at once.
     * A future that fails with an Error also ends the node: no handler expects one.
     */
    public <T> void whenDone(
            CompletableFuture<T> future, BiConsumer<@Nullable T, @Nullable Throwable> handler) {
        var unused = future.whenComplete((value, failure) -> {
            Throwable cause = causeOf(failure);
            try {
                handler.accept(value, cause);
            } catch (Throwable bug) { // The future would keep the exception, which no caller reads.
                onFailure.accept(bug);
                throw bug;
            }
            if (cause instanceof Error) {
                onFailure.accept(cause);
            }
        });
    }

    /**
     * Runs work on the node loop and returns its answer. Fails with what the work throws, and when
     * the node stops.
     */
    public <T> CompletableFuture<T> call(Supplier<CompletableFuture<? extends T>> work) {
        CompletableFuture<T> answer = calls.open();
        endIfThrown(
                answer,
                () -> onLoop(() -> {
                    try {
                        forward(attempt(work), answer);
                    } catch (Throwable bug) {
                        answer.completeExceptionally(nodeFailed(bug));
                        throw bug;
                    }
                }));
        return answer;
    }

    /** A hand-over that throws is reported already; the call ends as the node does. */
    private static void endIfThrown(CompletableFuture<?> answer, Runnable handingOver) {
        try {
            handingOver.run();
        } catch (RuntimeException | Error reported) {
            answer.completeExceptionally(nodeFailed(reported));
        }
    }

    private static ClusterException nodeFailed(Throwable bug) {
        return new ClusterException.CommitUnknown("the node failed: " + bug);
    }

    /**
     * As {@link #call}, and fails with {@code tooLate} if there is no answer within {@code limit}.
     */
    public <T> CompletableFuture<T> call(
            Duration limit,
            Supplier<? extends RuntimeException> tooLate,
            Supplier<CompletableFuture<? extends T>> work) {
        CompletableFuture<T> answer = call(work);
        endIfThrown(
                answer,
                () -> later(limit, () -> {
                    if (!answer.isDone()) {
                        answer.completeExceptionally(tooLate.get());
                    }
                }));
        return answer;
    }

    /** Runs the work; what it refuses becomes the failure of the future. */
    public static <T> CompletableFuture<T> attempt(Supplier<CompletableFuture<? extends T>> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            forward(work.get(), result);
        } catch (ClusterException | StorageException refusal) {
            result.completeExceptionally(refusal);
        }
        return result;
    }

    /** Completes the second future as the first completes. */
    public static <T> void forward(CompletableFuture<? extends T> from, CompletableFuture<T> to) {
        var unused = from.whenComplete((value, failure) -> {
            Throwable cause = causeOf(failure);
            if (cause != null) {
                to.completeExceptionally(cause);
            } else {
                to.complete(value);
            }
        });
    }

    public static @Nullable Throwable causeOf(@Nullable Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /**
     * Runs what blocks on the disk. Once the threads for that have ended the node is stopped; any
     * other exception of theirs is the node's failure, and is thrown. Any thread.
     */
    public void blocking(Runnable task) {
        try {
            environment.io().execute(() -> runBlocking(task));
        } catch (RejectedExecutionException closed) {
            stop();
        } catch (RuntimeException | Error bug) { // For instance no memory for another thread.
            onFailure.accept(bug);
            throw bug;
        }
    }

    private void runBlocking(Runnable task) {
        try {
            task.run();
        } catch (Throwable bug) {
            onFailure.accept(bug);
            throw bug;
        }
    }

    /**
     * Runs work that blocks on the disk and returns its answer. Fails with what the work throws.
     */
    public <T> CompletableFuture<T> callBlocking(Supplier<T> work) {
        CompletableFuture<T> answer = calls.open();
        endIfThrown(
                answer,
                () -> blocking(() -> {
                    try {
                        answer.complete(work.get());
                    } catch (RuntimeException failure) {
                        answer.completeExceptionally(failure);
                    } catch (Error bug) {
                        answer.completeExceptionally(nodeFailed(bug));
                        throw bug;
                    }
                }));
        return answer;
    }

    /** No task runs on the node loop any more, and all calls end. */
    public void stop() {
        stopped = true;
        calls.end();
    }

    /** Whether a task of the loop has failed, so that no other task can run. */
    public boolean isBroken() {
        return broken;
    }
}
