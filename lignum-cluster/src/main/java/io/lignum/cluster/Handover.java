package io.lignum.cluster;

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
        } else if (late) {
            resume("no in-sync follower had everything in time");
        } else {
            node.context().later(LOOK, this::look);
        }
    }

    private void release(Optional<String> heir) {
        var unused = node.release(leading, heir).whenComplete((released, failure) -> {
            if (failure != null) {
                resume(String.valueOf(failure.getMessage()));
            } else {
                LOG.info("The lead is given up, {} is to take it", heir.orElse("nobody"));
                node.gaveUp(leading);
                done.complete(null);
            }
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
