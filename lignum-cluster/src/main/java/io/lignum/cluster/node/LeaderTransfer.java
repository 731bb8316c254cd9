package io.lignum.cluster.node;

import io.lignum.cluster.ClusterException;
import io.lignum.cluster.coordinator.TxnOp;
import io.lignum.cluster.coordinator.TxnResult;
import io.lignum.cluster.internal.leader.LeaderRole;
import io.lignum.cluster.internal.leader.LeaderTopic;
import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.internal.state.LeaderLockView;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.StateJson;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Gives up this node's leadership without losing an append (R6). It refuses new appends, waits
 * until pending ones are committed and the tails of {@code wal} topics are on the successor, and
 * then releases the lock and names the successor in one transaction. An explicit release has no
 * lock delay; the end of a session has one.
 *
 * <p>If the answer to the transaction is lost, a consistent read of lock and state decides. If the
 * transaction may still take effect, this node moves the index of the state by a write of its own,
 * so that it cannot. If the result is unknown after five seconds, leadership and session end.
 *
 * <p>The node loop only.
 */
final class LeaderTransfer {

    private static final Logger LOG = LoggerFactory.getLogger(LeaderTransfer.class);

    private static final String NOT_TRANSFERRED = "the leadership was not transferred: ";

    private static final Duration CHECK_INTERVAL = Duration.ofMillis(2);

    /** How long the result of the release may be unknown. No append is accepted meanwhile. */
    private static final Duration SETTLE = Duration.ofSeconds(5);

    private static final Duration SETTLE_RETRY = Duration.ofMillis(100);

    /** What a transfer asks of its node; called on the node loop. */
    interface Listener {
        /** Whether {@code leading} is this node's current role. */
        boolean isLeading(LeaderRole leading);

        /** The error for a call that needs the leader. */
        ClusterException.NotLeader notLeader();

        /** The leadership is given up, and a successor can take it. */
        void gaveUp(LeaderRole leading);

        /**
         * It is unknown whether the leadership is given up; this node must not continue as leader.
         */
        void abandon(LeaderRole leading, String why);

        /** There is proof that the leadership is lost; {@code epoch} is the highest one known. */
        void deposed(int epoch, String why);
    }

    private final NodeContext context;
    private final Listener listener;
    private final LeaderRole leading;
    private final Optional<String> wanted;
    private final long deadline;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private boolean flushed;
    private boolean sent;
    private boolean overtaking;

    /**
     * Starts nothing yet.
     *
     * @param wanted id of the successor; empty: any in-sync follower that has every record
     */
    LeaderTransfer(
            NodeContext context,
            Listener listener,
            LeaderRole leading,
            Optional<String> wanted,
            Duration patience) {
        this.context = context;
        this.listener = listener;
        this.leading = leading;
        this.wanted = wanted;
        deadline = context.nowNanos() + patience.toNanos();
    }

    /**
     * Completes when the leadership is given up. Fails if no successor catches up in time; this
     * node then continues to lead.
     */
    CompletableFuture<Void> run() {
        if (wanted.isPresent() && !isFit(wanted.get())) {
            return CompletableFuture.failedFuture(new ClusterException.FailedPrecondition(
                    "node " + wanted.get() + " is not a connected follower in sync"));
        }
        LOG.info("Transferring the leadership to {}", wanted.orElse("any in-sync follower"));
        leading.leaderEpoch().refuse("the leadership is being transferred");
        List<CompletableFuture<?>> flushes = new ArrayList<>();
        for (LeaderTopic topic : leading.leaderEpoch().topics()) {
            topic.log().follow(); // No append is accepted from here on.
            flushes.add(topic.log().admin().flush());
        }
        context.onLoop(
                CompletableFuture.allOf(flushes.toArray(CompletableFuture<?>[]::new)),
                (all, failure) -> {
                    flushed = true;
                    leading.timers().shipWalNow();
                });
        // Not only after the flushes: a disk that does not finish must not keep the transfer from
        // ending.
        checkProgress();
        return done;
    }

    private boolean isFit(String nodeId) {
        return leading.followers()
                .find(nodeId)
                .filter(follower -> leading.state().hasInSync(follower.member()))
                .isPresent();
    }

    private void checkProgress() {
        if (isOver()) {
            return;
        }
        Optional<String> successor = wanted.or(() -> leading.followers().ids().stream()
                .filter(this::isFit)
                .filter(leading::hasEverything)
                .findFirst());
        boolean ready = flushed
                && successor.isPresent()
                && leading.hasEverything(successor.get())
                && leading.isQuiet();
        boolean late = context.nowNanos() - deadline >= 0;
        if (ready) {
            release(successor);
        } else if (leading.followers().ids().stream().noneMatch(this::isFit)) {
            resume(new ClusterException.FailedPrecondition(
                    NOT_TRANSFERRED + "no in-sync follower is connected"));
        } else if (late) {
            resume(new ClusterException.NotCaughtUp(
                    NOT_TRANSFERRED + "no in-sync follower had everything in time"));
        } else {
            context.later(CHECK_INTERVAL, this::checkProgress);
        }
    }

    /**
     * Whether the leadership has ended in another way, perhaps because the successor was elected
     * before the answer to the release arrived.
     */
    private boolean isOver() {
        boolean over = !listener.isLeading(leading);
        if (over && sent) {
            done.complete(null);
        } else if (over) {
            done.completeExceptionally(listener.notLeader());
        }
        return over;
    }

    // ---- the release

    private void release(Optional<String> successor) {
        context.onLoop(LeaderLockView.read(context), (now, failure) -> {
            if (isOver()) {
                return;
            }
            if (now == null) { // Nothing was sent: nothing can come of it.
                resume(new ClusterException.CoordinatorUnavailable(
                        NOT_TRANSFERRED + "the coordinator does not answer", failure));
            } else if (isLost(now)) {
                lost(now);
            } else if (now.state().isEmpty()) {
                resume(new ClusterException.FailedPrecondition(
                        NOT_TRANSFERRED + "the coordinator has lost the cluster's state"));
            } else {
                unlock(successor, now.state().get(), now.index());
            }
        });
    }

    /**
     * Releases the lock and changes the state in one transaction. An unlock, unlike the end of a
     * session, is followed by no lock delay.
     */
    private void unlock(Optional<String> successor, ClusterState now, long index) {
        String after = StateJson.encode(now.handedOver(successor, context.nonce()));
        List<TxnOp> operations = List.of(
                new TxnOp.CheckSession(context.keys().lock(), leading.session()),
                new TxnOp.Cas(context.keys().state(), index, after),
                new TxnOp.Unlock(context.keys().lock(), leading.session(), after));
        sent = true;
        leading.releasing(true);
        context.onLoop(context.coordinator().transact(operations), (result, failure) -> {
            if (isOver()) {
                return;
            }
            if (result instanceof TxnResult.Applied) {
                LOG.info("The leadership is released; successor: {}", successor.orElse("none"));
                givenUp();
            } else {
                LOG.info(
                        "releasing the leadership: result unknown ({})",
                        failure == null ? result : failure.toString());
                long until = context.nowNanos() + SETTLE.toNanos();
                settle(index, until);
            }
        });
    }

    private void givenUp() {
        listener.gaveUp(leading);
        done.complete(null);
    }

    // ---- the result of the release, when its answer is lost

    /**
     * Reads lock and state to find the result. The transaction can still take effect as long as the
     * state has the index that it was sent for. Until the result is known this node accepts no
     * append and keeps its role.
     */
    private void settle(long index, long until) {
        context.onLoop(LeaderLockView.read(context), (now, failure) -> {
            if (isOver()) {
                return;
            }
            if (now == null) {
                LOG.debug("reading the result of the transfer: {}", String.valueOf(failure));
                settleLater(index, until);
            } else if (isGivenUp(now)) {
                LOG.info("The leadership is released");
                givenUp();
            } else if (isLost(now)) {
                lost(now);
            } else if (now.index() != index) {
                resume(new ClusterException.CoordinatorUnavailable(
                        NOT_TRANSFERRED + "the coordinator did not apply the release", null));
            } else {
                overtake(index, until);
            }
        });
    }

    private void settleLater(long index, long until) {
        if (context.nowNanos() - until >= 0) {
            String why = "it is unknown whether the leadership was transferred";
            listener.abandon(leading, why);
            done.completeExceptionally(new ClusterException.CommitUnknown(why));
        } else {
            context.later(SETTLE_RETRY, () -> {
                if (!isOver()) {
                    settle(index, until);
                }
            });
        }
    }

    /**
     * Moves the state's index with a write of this node, so that the transaction can no longer take
     * effect.
     */
    private void overtake(long index, long until) {
        if (!overtaking) {
            overtaking = true;
            long before = leading.state().version();
            // The change is repeated until it is in force or not needed, so one request is enough.
            context.whenDone(
                    leading.change(current -> current.version() > before
                            ? Optional.empty()
                            : Optional.of(current.withIsr(
                                    current.isr(), current.minIsr(), context.nonce()))),
                    (state, failure) -> overtaking = false);
        }
        settleLater(index, until);
    }

    private boolean isGivenUp(LeaderLockView now) {
        return now.state()
                .filter(state ->
                        state.epoch() == leading.epoch() && state.leader().isEmpty())
                .isPresent();
    }

    private boolean isLost(LeaderLockView now) {
        return now.isBeyond(leading.epoch()) || !now.isHeldBy(leading.session());
    }

    private void lost(LeaderLockView now) {
        int epoch = now.state().map(ClusterState::epoch).orElse(leading.epoch());
        listener.deposed(epoch, "the leadership was lost during its transfer");
        isOver();
    }

    private void resume(ClusterException why) {
        LOG.warn("{}", why.getMessage(), why.getCause());
        for (LeaderTopic topic : leading.leaderEpoch().topics()) {
            topic.log().lead(leading.epoch());
        }
        leading.releasing(false);
        leading.leaderEpoch().accept();
        done.completeExceptionally(why);
    }
}
