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
 * Gives up the lead without losing an append (R6): no more are taken, those under way are
 * committed, the wal topics' tails are shipped to the successor, and lock and state are released in
 * one transaction, so that no lock delay follows.
 *
 * <p>The leader's loop only.
 */
final class LeaderTransfer {

    private static final Logger LOG = LoggerFactory.getLogger(LeaderTransfer.class);

    private static final Duration LOOK = Duration.ofMillis(2);

    /** For how long the fate of the release may be unknown; no append is taken meanwhile. */
    private static final Duration SETTLE = Duration.ofSeconds(5);

    private static final Duration SETTLE_RETRY = Duration.ofMillis(100);

    private final Node node;
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
     * @param wanted who is to lead next; empty: whoever is furthest
     */
    LeaderTransfer(Node node, LeaderRole leading, Optional<String> wanted, Duration patience) {
        this.node = node;
        this.leading = leading;
        this.wanted = wanted;
        deadline = node.context().nowNanos() + patience.toNanos();
    }

    /**
     * Completes when the lead is given up; fails, with this node leading on, when the successor
     * does not catch up in time.
     */
    CompletableFuture<Void> run() {
        if (wanted.isPresent() && !isFit(wanted.get())) {
            return CompletableFuture.failedFuture(new ClusterException.NotCaughtUp(
                    "node " + wanted.get() + " is no in-sync follower that answers"));
        }
        LOG.info("Handing the lead over to {}", wanted.orElse("whoever is furthest"));
        leading.leaderEpoch().refuse("the lead is being handed over");
        List<CompletableFuture<?>> flushes = new ArrayList<>();
        for (LeaderTopic topic : leading.leaderEpoch().topics()) {
            topic.log().follow(); // No append slips in from here on.
            flushes.add(topic.log().admin().flush());
        }
        node.context()
                .onLoop(
                        CompletableFuture.allOf(flushes.toArray(CompletableFuture<?>[]::new)),
                        (all, failure) -> {
                            flushed = true;
                            leading.timers().shipWalNow();
                        });
        look(); // A disk that does not finish must not keep this from ending.
        return done;
    }

    private boolean isFit(String nodeId) {
        return leading.followers()
                .find(nodeId)
                .filter(follower -> leading.state().hasInSync(follower.member()))
                .isPresent();
    }

    private void look() {
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
        boolean late = node.context().nowNanos() - deadline >= 0;
        if (ready) {
            release(successor);
        } else if (leading.followers().ids().stream().noneMatch(this::isFit)) {
            resume("no in-sync follower is there");
        } else if (late) {
            resume("no in-sync follower had everything in time");
        } else {
            node.context().later(LOOK, this::look);
        }
    }

    /**
     * Whether the lead has ended otherwise, perhaps since the successor was quicker than the answer
     * to the release.
     */
    private boolean isOver() {
        boolean over = node.roles().leading() != leading;
        if (over && sent) {
            done.complete(null);
        } else if (over) {
            done.completeExceptionally(node.forwarder().notLeader());
        }
        return over;
    }

    // ---- the release

    private void release(Optional<String> successor) {
        NodeContext context = node.context();
        context.onLoop(LeaderLockView.read(context), (now, failure) -> {
            if (isOver()) {
                return;
            }
            if (now == null) { // Nothing was sent: nothing can come of it.
                resume(String.valueOf(failure));
            } else if (isLost(now)) {
                lost(now);
            } else if (now.state().isEmpty()) {
                resume("the coordinator has lost the cluster's state");
            } else {
                unlock(successor, now.state().get(), now.index());
            }
        });
    }

    /**
     * Lock and state in one transaction: an unlock, unlike the end of a session, is followed by no
     * lock delay.
     */
    private void unlock(Optional<String> successor, ClusterState now, long index) {
        NodeContext context = node.context();
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
                LOG.info("The lead is given up, {} is to take it", successor.orElse("nobody"));
                givenUp();
            } else {
                LOG.info(
                        "giving up the lead: fate unknown ({})",
                        failure == null ? result : failure.toString());
                long until = context.nowNanos() + SETTLE.toNanos();
                settle(index, until);
            }
        });
    }

    private void givenUp() {
        node.leaderTransition().gaveUp(leading);
        done.complete(null);
    }

    // ---- what came of it, when the answer does not tell

    /**
     * The transaction may be in force, or come into force yet: it does so as long as the state is
     * at the index that it was sent for. Until that is settled this node is no leader to append to,
     * and no node without a lead either.
     */
    private void settle(long index, long until) {
        NodeContext context = node.context();
        context.onLoop(LeaderLockView.read(context), (now, failure) -> {
            if (isOver()) {
                return;
            }
            if (now == null) {
                LOG.debug("looking for what came of the hand-over: {}", String.valueOf(failure));
                settleLater(index, until);
            } else if (isGivenUp(now)) {
                LOG.info("The lead is given up");
                givenUp();
            } else if (isLost(now)) {
                lost(now);
            } else if (now.index() != index) {
                resume("the coordinator did not take the lead back");
            } else {
                overtake(index, until);
            }
        });
    }

    private void settleLater(long index, long until) {
        NodeContext context = node.context();
        if (context.nowNanos() - until >= 0) {
            String why = "it is unknown whether the lead was handed over";
            node.leaderTransition().abandon(leading, why);
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
     * A write of our own moves the state's index: the transaction comes too late then, if it comes
     * at all.
     */
    private void overtake(long index, long until) {
        if (!overtaking) {
            overtaking = true;
            long before = leading.state().version();
            // A change is asked for until it is not wanted any more: once is enough.
            node.context()
                    .whenDone(
                            leading.change(current -> current.version() > before
                                    ? Optional.empty()
                                    : Optional.of(current.withIsr(
                                            current.isr(),
                                            current.minIsr(),
                                            node.context().nonce()))),
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
        node.leaderTransition().deposed(epoch, "the lead was lost as it was handed over");
        isOver();
    }

    private void resume(String why) {
        LOG.warn("The lead was not handed over: {}", why);
        for (LeaderTopic topic : leading.leaderEpoch().topics()) {
            topic.log().lead(leading.epoch());
        }
        leading.releasing(false);
        leading.leaderEpoch().accept();
        done.completeExceptionally(
                new ClusterException.NotCaughtUp("the lead was not handed over: " + why));
    }
}
