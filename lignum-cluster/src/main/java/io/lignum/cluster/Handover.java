package io.lignum.cluster;

import io.lignum.cluster.coordinator.Entry;
import io.lignum.cluster.coordinator.TxnOp;
import io.lignum.cluster.coordinator.TxnResult;
import io.lignum.storage.TopicLog;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Gives up the lead without losing an append (R6): no more are taken, those under way are committed, the wal topics'
 * tails are shipped to the heir, and lock and state are released in one transaction, so that no lock delay follows.
 *
 * <p>The leader's loop only.
 */
final class Handover {

    private static final Logger LOG = LoggerFactory.getLogger(Handover.class);

    private static final Duration LOOK = Duration.ofMillis(2);

    private final Node node;
    private final LeaderRole leading;
    private final Optional<String> wanted;
    private final long deadline;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    /**
     * Starts nothing yet.
     *
     * @param wanted who is to lead next; empty: whoever is furthest
     */
    Handover(Node node, LeaderRole leading, Optional<String> wanted, Duration patience) {
        this.node = node;
        this.leading = leading;
        this.wanted = wanted;
        deadline = node.context().nowNanos() + patience.toNanos();
    }

    /** Completes when the lead is given up; fails, with this node leading on, when the heir does not catch up in time. */
    CompletableFuture<Void> run() {
        if (wanted.isPresent() && !isFit(wanted.get())) {
            return CompletableFuture.failedFuture(new ClusterException.NotCaughtUp(
                    "node " + wanted.get() + " is no in-sync follower that answers"));
        }
        LOG.info("Handing the lead over to {}", wanted.orElse("whoever is furthest"));
        leading.leadership().refuse("the lead is being handed over");
        List<CompletableFuture<?>> flushes = new ArrayList<>();
        for (LedTopic topic : leading.leadership().topics()) {
            topic.log().follow(); // No append slips in from here on.
            flushes.add(topic.log().admin().flush());
        }
        node.context()
                .onLoop(
                        CompletableFuture.allOf(flushes.toArray(CompletableFuture<?>[]::new)),
                        (flushed, failure) -> {
                            leading.shipWalNow();
                            look();
                        });
        return done;
    }

    private boolean isFit(String nodeId) {
        return leading.follower(nodeId)
                .filter(follower -> leading.state().hasInSync(follower.member()))
                .isPresent();
    }

    private void look() {
        if (node.leading() != leading) {
            done.completeExceptionally(node.forwarder().notLeader());
            return;
        }
        Optional<String> heir = wanted.or(() -> leading.followerIds().stream()
                .filter(this::isFit)
                .filter(leading::hasEverything)
                .findFirst());
        boolean ready = heir.isPresent() && leading.hasEverything(heir.get()) && leading.isQuiet();
        boolean late = node.context().nowNanos() - deadline >= 0;
        if (ready) {
            release(heir);
        } else if (leading.followerIds().stream().noneMatch(this::isFit)) {
            resume("no in-sync follower is there");
        } else if (late) {
            resume("no in-sync follower had everything in time");
        } else {
            node.context().later(LOOK, this::look);
        }
    }

    private void release(Optional<String> heir) {
        node.context().onLoop(unlock(heir), (released, failure) -> {
            if (failure != null) {
                resume(String.valueOf(failure.getMessage()));
            } else {
                LOG.info("The lead is given up, {} is to take it", heir.orElse("nobody"));
                node.gaveUp(leading);
                done.complete(null);
            }
        });
    }

    /** Lock and state in one transaction: an unlock, unlike the end of a session, is followed by no lock delay. */
    private CompletableFuture<Void> unlock(Optional<String> heir) {
        NodeContext context = node.context();
        return context.coordinator().read(context.keys().state()).thenCompose(entry -> {
            ClusterState now = entry.map(found -> StateJson.decodeState(found.value()))
                    .filter(state -> state.epoch() == leading.epoch())
                    .orElseThrow(() -> node.forwarder().notLeader());
            ClusterState after = now.handedOver(heir, context.nonce());
            List<TxnOp> operations = List.of(
                    new TxnOp.CheckSession(context.keys().lock(), leading.session()),
                    new TxnOp.Cas(
                            context.keys().state(),
                            entry.map(Entry::modifyIndex).orElse(0L),
                            StateJson.encode(after)),
                    new TxnOp.Unlock(
                            context.keys().lock(), leading.session(), StateJson.encode(after)));
            return context.coordinator().transact(operations).thenAccept(result -> {
                if (result instanceof TxnResult.Refused refused) {
                    throw new ClusterException.CoordinatorUnavailable(
                            "the coordinator did not take the lead back: " + refused.reason(),
                            null);
                }
            });
        });
    }

    private void resume(String why) {
        if (node.leading() == leading) {
            LOG.warn("The lead was not handed over: {}", why);
            for (LedTopic topic : leading.leadership().topics()) {
                TopicLog log = topic.log();
                log.lead(leading.epoch());
            }
            leading.leadership().accept();
        }
        done.completeExceptionally(
                new ClusterException.NotCaughtUp("the lead was not handed over: " + why));
    }
}
