package io.lignum.cluster.internal.leader;

import io.lignum.cluster.ClusterException;
import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.internal.state.StoredState;
import io.lignum.cluster.peer.Member;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Tracks the cluster's state while this node leads (R15). The leader is the only node that changes
 * the state in its epoch. It does so by one compare-and-set at a time, and any answer can be lost.
 *
 * <p>A change that was sent at an index may be in force although its answer was lost, or may take
 * effect later. Therefore every set of replicas that was sent at an index is pending, and counts
 * for commits, until a consistent read shows another index; what that read shows is then confirmed.
 * While the read shows the old index, nothing is settled: another compare-and-set at that index,
 * with a fresh nonce, forces a decision. Only an explicit success confirms a change without a read.
 *
 * <p>Pure: {@link #step} returns what to do next, and the answers come back through
 * {@link #applied}, {@link #unknown} and {@link #read}. {@link StateDriver} executes the steps, on
 * the node loop.
 */
public final class StateKeeper {

    /** What to do next. */
    public sealed interface Step {
        /** Nothing: no change is wanted, or an answer is pending. */
        record Idle() implements Step {}

        /**
         * Replace the state at {@code index} by {@code value}, if this node's session still holds
         * the lock.
         */
        record Send(long index, ClusterState value) implements Step {}

        /** Read the state, consistently. */
        record Read() implements Step {}
    }

    /** A requested change of the state. */
    public interface Change {
        /** The state to write; empty if the change is in force already, or not wanted any more. */
        Optional<ClusterState> apply(ClusterState current);
    }

    private record Queued(Change change, CompletableFuture<ClusterState> done) {}

    private final int epoch;
    private final Supplier<String> nonces;
    private final ArrayDeque<Queued> queue = new ArrayDeque<>();
    private final List<ClusterState> pending = new ArrayList<>();
    private ClusterState confirmed;
    private long index;
    private boolean waiting;
    private boolean unsettled;

    /** Starts with the state with which this leader was elected. */
    public StateKeeper(StoredState elected, Supplier<String> nonces) {
        epoch = elected.value().epoch();
        confirmed = elected.value();
        index = elected.index();
        this.nonces = nonces;
    }

    public ClusterState confirmed() {
        return confirmed;
    }

    /**
     * The members whose acknowledgements count: the confirmed replicas and all pending ones (R13).
     */
    public Set<Member> counted() {
        Set<Member> union = new HashSet<>(confirmed.isr());
        pending.forEach(state -> union.addAll(state.isr()));
        return union;
    }

    /** Whether no change has an unknown result. */
    public boolean isSettled() {
        return pending.isEmpty();
    }

    /** Whether no change is waiting or pending. */
    public boolean isIdle() {
        return queue.isEmpty() && !waiting && !unsettled;
    }

    /**
     * Queues a change. The future completes with the state in which it is confirmed or was not
     * wanted any more.
     */
    public CompletableFuture<ClusterState> change(Change change) {
        CompletableFuture<ClusterState> done = new CompletableFuture<>();
        queue.addLast(new Queued(change, done));
        return done;
    }

    /** The next step; the caller must execute it. */
    public Step step() {
        if (waiting) {
            return new Step.Idle();
        }
        if (unsettled) {
            waiting = true;
            return new Step.Read();
        }
        while (!queue.isEmpty()) {
            Optional<ClusterState> wanted = queue.getFirst().change().apply(confirmed);
            if (wanted.isPresent()) {
                return send(wanted.get());
            }
            queue.removeFirst().done().complete(confirmed);
        }
        return new Step.Idle();
    }

    private Step send(ClusterState value) {
        waiting = true;
        pending.add(value);
        return new Step.Send(index, value);
    }

    /** The change that was sent last succeeded. */
    public void applied(long newIndex) {
        confirmed = pending.get(pending.size() - 1);
        index = newIndex;
        settle();
    }

    /**
     * The change that was sent last got any other answer, or none. It may be in force, or take
     * effect later.
     */
    public void unknown() {
        waiting = false;
        unsettled = true;
    }

    /**
     * Reports what a consistent read showed.
     *
     * @return the next step: the change is sent once more if the read settled nothing
     */
    public Step read(long seenIndex, @Nullable ClusterState seen) {
        waiting = false;
        if (seen == null || seen.epoch() != epoch || seenIndex < index) {
            // The data or the leadership is lost. The StateDriver handles that; the set stays.
            return new Step.Idle();
        }
        if (seenIndex == index) {
            // What was sent may still arrive. A write of this node moves the index and settles
            // that.
            return send(confirmed.withIsr(confirmed.isr(), confirmed.minIsr(), nonces.get()));
        }
        confirmed = seen;
        index = seenIndex;
        settle();
        return step();
    }

    private void settle() {
        waiting = false;
        unsettled = false;
        pending.clear();
    }

    /** Ends the epoch. A change with an unknown result may be in force, or take effect later. */
    public void end(String why) {
        if (!isSettled() && !queue.isEmpty()) {
            queue.removeFirst()
                    .done()
                    .completeExceptionally(new ClusterException.CommitUnknown(
                            "a change of the cluster's state: " + why));
        }
        ClusterException refused = new ClusterException.NotLeader(why, null);
        queue.forEach(queued -> queued.done().completeExceptionally(refused));
        queue.clear();
    }
}
