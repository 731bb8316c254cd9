package io.lignum.cluster.internal.leader;

import io.lignum.cluster.ClusterException;
import io.lignum.cluster.internal.state.ClusterState;
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
 * The leader's hold on the cluster's state: the only one to change it in its epoch, one
 * compare-and-set at a time, with answers that may be lost (R15).
 *
 * <p>A set of replicas that was sent may be in force although the answer was lost. So all that was
 * sent at an index counts until a consistent read shows another index; only then is what that read
 * shows confirmed.
 *
 * <p>Pure: {@link #step} says what to do next, the answers come back through {@link #applied},
 * {@link #unknown} and {@link #read}. The leader's loop only.
 */
public final class StateKeeper {

    /** What is to be done now. */
    public sealed interface Step {
        /** Nothing, or wait for the answer to what was said before. */
        record Idle() implements Step {}

        /**
         * Replace the state at {@code index} by {@code value}, if the lock is still held by my
         * session.
         */
        record Send(long index, ClusterState value) implements Step {}

        /** Read the state, consistently. */
        record Read() implements Step {}
    }

    /** A wish to change the state. */
    public interface Change {
        /** The state wanted instead; empty: it is as wanted already, or not wanted any more. */
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

    /**
     * Begins with the state that this leader was elected with.
     *
     * @param index its ModifyIndex
     */
    public StateKeeper(ClusterState elected, long index, Supplier<String> nonces) {
        epoch = elected.epoch();
        confirmed = elected;
        this.index = index;
        this.nonces = nonces;
    }

    public ClusterState confirmed() {
        return confirmed;
    }

    /** Whose acknowledgements count: the confirmed replicas and all that may be in force (R13). */
    public Set<Member> counted() {
        Set<Member> union = new HashSet<>(confirmed.isr());
        pending.forEach(state -> union.addAll(state.isr()));
        return union;
    }

    /** Nothing was sent whose fate is open. */
    public boolean isSettled() {
        return pending.isEmpty();
    }

    /** Whether changes wait for the coordinator. */
    public boolean isIdle() {
        return queue.isEmpty() && !waiting && !unsettled;
    }

    /**
     * Queues a change; the future completes with the state in which it is confirmed, or was no
     * longer wanted.
     */
    public CompletableFuture<ClusterState> change(Change change) {
        CompletableFuture<ClusterState> done = new CompletableFuture<>();
        queue.addLast(new Queued(change, done));
        return done;
    }

    /** What to do now; whoever asks must do it. */
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

    /** A clean success of what was sent last. */
    public void applied(long newIndex) {
        confirmed = pending.get(pending.size() - 1);
        index = newIndex;
        settle();
    }

    /** Anything but a clean success, a refusal too: it may be in force, or come into force yet. */
    public void unknown() {
        waiting = false;
        unsettled = true;
    }

    /**
     * What a consistent read showed.
     *
     * @return what to do now: send once more where the read settled nothing
     */
    public Step read(long seenIndex, @Nullable ClusterState seen) {
        waiting = false;
        if (seen == null || seen.epoch() != epoch || seenIndex < index) {
            return new Step
                    .Idle(); // Lost data or a lost lead: others judge that; the set stays frozen.
        }
        if (seenIndex == index) {
            // What was sent may still arrive. A write of our own moves the index and settles it.
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

    /**
     * The epoch is over. What was sent and is not settled may be in force, or come into force yet.
     */
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
