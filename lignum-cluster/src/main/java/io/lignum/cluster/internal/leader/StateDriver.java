package io.lignum.cluster.internal.leader;

import io.lignum.cluster.coordinator.Entry;
import io.lignum.cluster.coordinator.TxnOp;
import io.lignum.cluster.coordinator.TxnResult;
import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.internal.state.LeaderLockView;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.StateJson;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Does at the coordinator what a {@link StateKeeper} says, for one epoch, and finds out when there
 * is proof that the epoch is over for this node (R5).
 *
 * <p>The leader's loop only.
 */
final class StateDriver {

    private static final Logger LOG = LoggerFactory.getLogger(StateDriver.class);

    private static final Duration RETRY = Duration.ofMillis(300);

    /** Told what the coordinator showed. */
    interface Listener {
        /** Proof that the lead is lost. */
        void deposed(int higherEpoch, String why);

        /** No change is on its way any more; the state is confirmed at this index. */
        void settled(long index);
    }

    private final NodeContext node;
    private final StateKeeper keeper;
    private final int epoch;
    private final String session;
    private final Listener listener;
    private boolean unsettled;
    private boolean checkingLock;
    private boolean releasing;
    private boolean ended;

    /** @param session the one that holds the leader lock */
    StateDriver(
            NodeContext node, StateKeeper keeper, int epoch, String session, Listener listener) {
        this.node = node;
        this.keeper = keeper;
        this.epoch = epoch;
        this.session = session;
        this.listener = listener;
    }

    /** Changes the state when its turn comes; completes on the loop, when that is confirmed. */
    CompletableFuture<ClusterState> change(StateKeeper.Change change) {
        CompletableFuture<ClusterState> done = keeper.change(change);
        carryOut(keeper.step());
        return done;
    }

    private void carryOut(StateKeeper.Step step) {
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
                new TxnOp.CheckSession(node.keys().lock(), session),
                new TxnOp.Cas(node.keys().state(), send.index(), StateJson.encode(send.value())));
        node.onLoop(node.coordinator().transact(operations), (result, failure) -> {
            if (ended) {
                return;
            }
            long index = result instanceof TxnResult.Applied applied
                    ? applied.find(node.keys().state()).map(Entry::modifyIndex).orElse(0L)
                    : 0;
            if (index > 0) {
                keeper.applied(index);
                settled(index);
                carryOut(keeper.step());
            } else {
                LOG.info(
                        "changing the cluster's state: fate unknown ({})",
                        failure == null ? result : failure.toString());
                unknown();
            }
        });
    }

    /**
     * A read shows what came of it: at once, and not as fast as the coordinator answers if that
     * settles nothing.
     */
    private void unknown() {
        keeper.unknown();
        if (unsettled) {
            node.later(RETRY, () -> carryOut(keeper.step()));
        } else {
            unsettled = true;
            carryOut(keeper.step());
        }
    }

    private void readState() {
        node.onLoop(LeaderLockView.read(node), (view, failure) -> {
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

    /**
     * Nobody seems to hold the lock, which is known to be so only once a consistent read shows it.
     */
    void checkLock() {
        if (!checkingLock && !releasing && !ended) {
            checkingLock = true;
            node.onLoop(LeaderLockView.read(node), (view, failure) -> {
                checkingLock = false;
                if (view != null && !releasing && !ended) {
                    isStillLed(view);
                }
            });
        }
    }

    /** The lock is being released by a hand-over, which says itself what came of it. */
    void releasing(boolean now) {
        releasing = now;
    }

    /** False: there is proof that the lead is lost, and it is over (R5). */
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
        carryOut(next);
        if (!keeper.isSettled() && next instanceof StateKeeper.Step.Idle) {
            node.later(RETRY, () -> carryOut(keeper.step()));
        }
    }

    private void settled(long index) {
        unsettled = false;
        listener.settled(index);
    }

    /** The epoch is over. */
    void end(String why) {
        ended = true;
        keeper.end(why);
    }
}
