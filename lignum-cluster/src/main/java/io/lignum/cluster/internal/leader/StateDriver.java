package io.lignum.cluster.internal.leader;

import io.lignum.cluster.coordinator.Entry;
import io.lignum.cluster.coordinator.TxnOp;
import io.lignum.cluster.coordinator.TxnResult;
import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.internal.state.LeaderLockView;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.StateJson;
import io.lignum.cluster.internal.state.StoredState;
import io.lignum.cluster.peer.Member;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The cluster's state while this node leads one epoch: requests changes, and executes the steps of
 * the {@link StateKeeper} at the coordinator. Detects proof that the epoch has ended for this node
 * (R5).
 *
 * <p>The node loop only.
 */
final class StateDriver {

    private static final Logger LOG = LoggerFactory.getLogger(StateDriver.class);

    private static final Duration RETRY = Duration.ofMillis(300);

    /** Notified on the node loop. */
    interface Listener {
        /** There is proof that the leadership is lost. */
        void deposed(int higherEpoch, String why);

        /** No change is pending; this state is confirmed. */
        void settled(StoredState state);
    }

    private final NodeContext context;
    private final StateKeeper keeper;
    private final int epoch;
    private final String session;
    private final Listener listener;
    private boolean unsettled;
    private boolean checkingLock;
    private boolean releasing;
    private boolean ended;

    /** Starts with the state with which this node was elected. */
    StateDriver(NodeContext context, StoredState elected, Listener listener) {
        this.context = context;
        this.listener = listener;
        keeper = new StateKeeper(elected, context::nonce);
        epoch = elected.value().epoch();
        session = elected.value().leader().orElseThrow().session();
    }

    /** The session that holds the leader lock. */
    String session() {
        return session;
    }

    ClusterState confirmed() {
        return keeper.confirmed();
    }

    /** The members whose acknowledgements count: the confirmed replicas and all pending ones. */
    Set<Member> counted() {
        return keeper.counted();
    }

    /** Whether no change has an unknown result. */
    boolean isSettled() {
        return keeper.isSettled();
    }

    /** Whether no change is waiting or pending. */
    boolean isIdle() {
        return keeper.isIdle();
    }

    /** Requests a change of the state; completes on the node loop when the change is confirmed. */
    CompletableFuture<ClusterState> change(StateKeeper.Change change) {
        CompletableFuture<ClusterState> done = keeper.change(change);
        execute(keeper.step());
        return done;
    }

    private void execute(StateKeeper.Step step) {
        if (ended) {
            return;
        }
        if (step instanceof StateKeeper.Step.Send send) {
            send(send);
        } else if (step instanceof StateKeeper.Step.Read) {
            readState();
        }
    }

    private void send(StateKeeper.Step.Send send) {
        List<TxnOp> operations = List.of(
                new TxnOp.CheckSession(context.keys().lock(), session),
                new TxnOp.Cas(
                        context.keys().state(), send.index(), StateJson.encode(send.value())));
        context.onLoop(context.coordinator().transact(operations), (result, failure) -> {
            if (ended) {
                return;
            }
            long index = result instanceof TxnResult.Applied applied
                    ? applied.find(context.keys().state())
                            .map(Entry::modifyIndex)
                            .orElse(0L)
                    : 0;
            if (index > 0) {
                keeper.applied(index);
                settled(index);
                execute(keeper.step());
            } else {
                LOG.info(
                        "changing the cluster's state: result unknown ({})",
                        failure == null ? result : failure.toString());
                unknown();
            }
        });
    }

    /** A read finds the result: at once, then with pauses if it settles nothing. */
    private void unknown() {
        keeper.unknown();
        if (unsettled) {
            context.later(RETRY, () -> execute(keeper.step()));
        } else {
            unsettled = true;
            execute(keeper.step());
        }
    }

    private void readState() {
        context.onLoop(LeaderLockView.read(context), (view, failure) -> {
            if (ended) {
                return;
            }
            if (view == null || (releasing && !view.isHeldBy(session))) {
                LOG.debug("reading the cluster's state: {}, {}", view, String.valueOf(failure));
                unknown();
            } else if (isStillLed(view)) {
                readBack(view.index(), view.state().orElse(null));
            }
        });
    }

    /** A watch shows that this node does not hold the lock. Only a consistent read proves that. */
    void checkLock() {
        if (!checkingLock && !releasing && !ended) {
            checkingLock = true;
            context.onLoop(LeaderLockView.read(context), (view, failure) -> {
                checkingLock = false;
                if (view != null && !releasing && !ended) {
                    isStillLed(view);
                }
            });
        }
    }

    /** Whether a transfer is releasing the lock; the transfer then finds out the result itself. */
    void releasing(boolean now) {
        releasing = now;
    }

    /** False if there is proof that the leadership is lost, which has been reported (R5). */
    private boolean isStillLed(LeaderLockView view) {
        if (view.isBeyond(epoch)) {
            int higher = view.state().map(ClusterState::epoch).orElse(epoch);
            listener.deposed(higher, "the cluster's state is at epoch " + higher);
            return false;
        }
        if (!view.isHeldBy(session)) {
            listener.deposed(epoch, "the leader lock is not held by this node's session");
            return false;
        }
        return true;
    }

    private void readBack(long index, @Nullable ClusterState seen) {
        StateKeeper.Step next = keeper.read(index, seen);
        if (keeper.isSettled()) {
            settled(index);
        }
        execute(next);
        if (!keeper.isSettled() && next instanceof StateKeeper.Step.Idle) {
            context.later(RETRY, () -> execute(keeper.step()));
        }
    }

    private void settled(long index) {
        unsettled = false;
        listener.settled(new StoredState(keeper.confirmed(), index));
    }

    /** Ends the epoch. */
    void end(String why) {
        ended = true;
        keeper.end(why);
    }
}
