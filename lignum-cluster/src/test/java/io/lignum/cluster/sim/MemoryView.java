package io.lignum.cluster.sim;

import io.lignum.cluster.coordinator.Coordinator;
import io.lignum.cluster.coordinator.CoordinatorException;
import io.lignum.cluster.coordinator.Entry;
import io.lignum.cluster.coordinator.Registration;
import io.lignum.cluster.coordinator.SessionTimes;
import io.lignum.cluster.coordinator.TxnOp;
import io.lignum.cluster.coordinator.TxnResult;
import io.lignum.cluster.coordinator.Watched;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A node's connection to the server. A restarted node gets a new one. Any thread. */
final class MemoryView implements Coordinator {

    private final MemoryCoordinator coordinator;
    private final String nodeId;

    /** Pending calls; guarded by itself, as is {@link #closed}. */
    private final List<CompletableFuture<?>> pending = new ArrayList<>();

    private boolean closed;

    MemoryView(MemoryCoordinator coordinator, String nodeId) {
        this.coordinator = coordinator;
        this.nodeId = nodeId;
    }

    String nodeId() {
        return nodeId;
    }

    @Override
    public CompletableFuture<Void> register(Registration registration) {
        return write(() -> coordinator.server().register(registration));
    }

    @Override
    public CompletableFuture<Void> deregister(Registration registration) {
        return write(() -> coordinator.server().deregister(registration));
    }

    @Override
    public CompletableFuture<Void> pass(Registration registration) {
        return write(() -> coordinator.server().pass(registration));
    }

    @Override
    public CompletableFuture<String> openSession(Registration registration, SessionTimes times) {
        return write(() -> coordinator.server().open(registration, times));
    }

    @Override
    public CompletableFuture<Boolean> renew(String session) {
        return write(() -> coordinator.server().renew(session));
    }

    @Override
    public CompletableFuture<Void> destroy(String session) {
        return write(() -> coordinator.server().destroy(session));
    }

    @Override
    public CompletableFuture<Optional<Entry>> read(String key) {
        return send(
                false,
                () -> Optional.ofNullable(coordinator.server().state().entries().get(key)));
    }

    @Override
    public CompletableFuture<TxnResult> transact(List<TxnOp> operations) {
        List<TxnOp> copy = List.copyOf(operations);
        CompletableFuture<TxnResult> future = begin();
        coordinator.transact(this, copy, future);
        return future;
    }

    @Override
    public CompletableFuture<Watched> watch(String prefix, long index, Duration wait) {
        CompletableFuture<Watched> future = begin();
        coordinator.watch(this, new MemoryWatches.Watch(this, prefix, index, wait, future));
        return future;
    }

    private <T> CompletableFuture<T> write(Supplier<T> work) {
        return send(true, work);
    }

    private <T> CompletableFuture<T> send(boolean write, Supplier<T> work) {
        CompletableFuture<T> future = begin();
        coordinator.send(this, write, work, future);
        return future;
    }

    private <T> CompletableFuture<T> begin() {
        CompletableFuture<T> future = new CompletableFuture<>();
        synchronized (pending) {
            if (!closed) {
                pending.add(future);
                return future;
            }
        }
        future.completeExceptionally(new CoordinatorException("closed", null));
        return future;
    }

    <T> void answer(CompletableFuture<T> future, T value) {
        if (end(future)) {
            future.complete(value);
        }
    }

    void fail(CompletableFuture<?> future, CoordinatorException failure) {
        if (end(future)) {
            future.completeExceptionally(failure);
        }
    }

    private boolean end(CompletableFuture<?> future) {
        synchronized (pending) {
            return pending.removeIf(other -> other == future);
        }
    }

    @Override
    public void close() {
        List<CompletableFuture<?>> left;
        synchronized (pending) {
            closed = true;
            left = List.copyOf(pending);
            pending.clear();
        }
        left.forEach(
                future -> future.completeExceptionally(new CoordinatorException("closed", null)));
    }
}
