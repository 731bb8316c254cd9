package io.lignum.server.service;

import io.lignum.storage.LogStore;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Holds the phase of the node, which decides whether calls are served. The phase goes from
 * recovering to ready, from either to stopping, and from any to failed, never back. Any thread;
 * changes are rare and locked, and the store is read without a lock.
 */
final class NodeState {

    private enum Phase {
        RECOVERING(0),
        READY(1),
        STOPPING(2),
        FAILED(3);

        private final int rank;

        Phase(int rank) {
            this.rank = rank;
        }
    }

    private volatile Phase phase = Phase.RECOVERING;
    private volatile @Nullable Opened opened;
    private final List<Consumer<Boolean>> observers = new ArrayList<>();

    /** What calls are served with once the store is open. */
    record Opened(LogStore store, Path directory, Writes writes, ClusterMember membership) {}

    /** The store is open; calls are not served yet. */
    void prepare(Opened with) {
        opened = with;
    }

    void opened() {
        move(Phase.READY);
    }

    void stopping() {
        move(Phase.STOPPING);
    }

    void failed() {
        move(Phase.FAILED);
    }

    private synchronized void move(Phase next) {
        if (next.rank > phase.rank) {
            phase = next;
            observers.forEach(observer -> observer.accept(next == Phase.READY));
        }
    }

    /** Called at once, and at every change, under this object's lock. */
    synchronized void observe(Consumer<Boolean> observer) {
        observers.add(observer);
        observer.accept(phase == Phase.READY);
    }

    boolean isReady() {
        return phase == Phase.READY;
    }

    boolean isFailed() {
        return phase == Phase.FAILED;
    }

    /** Returns the open store; throws the error that says why no store can be used. */
    LogStore store() {
        return ready().store;
    }

    /** As {@link #store}. */
    Writes writes() {
        return ready().writes;
    }

    /** As {@link #store}. */
    Path directory() {
        return ready().directory;
    }

    /** As {@link #store}. */
    ClusterMember membership() {
        return ready().membership;
    }

    /** Also of a node that stops; empty while it recovers. */
    Optional<ClusterOverview> knownMembership() {
        return Optional.ofNullable(opened).map(Opened::membership);
    }

    /** Why appends are refused for want of space; empty if they are not, or while it recovers. */
    Optional<String> whyDiskFull() {
        Opened open = opened;
        return open == null ? Optional.empty() : open.store.status().whyFull();
    }

    private Opened ready() {
        Opened open = opened;
        Phase now = phase;
        if (now == Phase.READY && open != null) {
            return open;
        }
        throw switch (now) {
            case READY, RECOVERING ->
                ServiceException.refused(ErrorCode.NOT_READY, "the node is still recovering");
            case STOPPING ->
                ServiceException.refused(ErrorCode.SHUTTING_DOWN, "the node is shutting down");
            case FAILED ->
                ServiceException.refused(ErrorCode.STORAGE_FAILED, "the node failed and stops");
        };
    }
}
