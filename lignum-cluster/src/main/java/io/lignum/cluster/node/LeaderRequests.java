package io.lignum.cluster.node;

import io.lignum.cluster.ClusterException;
import io.lignum.cluster.internal.leader.LeaderRole;
import io.lignum.cluster.internal.leader.ReadBarrier;
import io.lignum.cluster.internal.leader.TopicCommands;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.topics.LeaderForwarder;
import io.lignum.cluster.internal.topics.TopicCatalog;
import io.lignum.cluster.internal.topics.TopicCreator;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicConfig;
import io.lignum.storage.TopicLog;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Runs calls that need the leader's role: the creation of a topic by its first append, the proof
 * that this node leads, and the offset for a linearizable read.
 *
 * <p>Any thread; the work is done on the node loop.
 */
final class LeaderRequests implements TopicCreator.Maker {

    private static final Duration CHECK_INTERVAL = Duration.ofMillis(10);

    private final NodeContext context;
    private final RoleHolder roles;
    private final TopicCatalog catalog;
    private final LeaderForwarder forwarder;

    LeaderRequests(
            NodeContext context,
            RoleHolder roles,
            TopicCatalog catalog,
            LeaderForwarder forwarder) {
        this.context = context;
        this.roles = roles;
        this.catalog = catalog;
        this.forwarder = forwarder;
    }

    /** Completes once this node has proved that it leads (R24), and fails if it does not. */
    CompletableFuture<Long> proveLead(TopicLog log) {
        return context.call(() -> {
            ReadBarrier current = roles.barrier();
            return current == null
                    ? CompletableFuture.failedFuture(forwarder.notLeader())
                    : current.await(log);
        });
    }

    /** As {@link ClusterNode#readIndex}. */
    CompletableFuture<Long> readIndex(TopicLog log) {
        return context.call(() -> {
            ReadBarrier current = roles.barrier();
            return current == null ? forwarder.readIndex(log.id()) : current.await(log);
        });
    }

    @Override
    public CompletableFuture<TopicLog> make(String name) {
        Duration limit = context.config().commitTimeout();
        long deadline = context.nowNanos() + limit.toNanos();
        return context.call(
                limit,
                () -> new ClusterException.NotCaughtUp(
                        "topic " + name + " was not created in time; no message is in it"),
                () -> new Making(name, deadline).run());
    }

    /** The creation of one topic. The node loop only. */
    private final class Making {
        private final String name;
        private final long deadline;
        private final CompletableFuture<TopicLog> made = new CompletableFuture<>();

        Making(String name, long deadline) {
            this.name = name;
            this.deadline = deadline;
        }

        CompletableFuture<TopicLog> run() {
            findOrCreate();
            return made;
        }

        private void findOrCreate() {
            TopicCommands accepting = roles.commands();
            LeaderRole leading = roles.leading();
            Optional<TopicLog> there = context.store().findTopic(name);
            if (leading == null || accepting == null) {
                made.completeExceptionally(forwarder.notLeader());
            } else if (there.isPresent() && leading.leaderEpoch().topic(there.get()) != null) {
                made.complete(there.get());
            } else {
                TopicConfig settings = context.store().config().defaults();
                context.whenDone(accepting.create(name, settings), (id, failure) -> {
                    if (failure == null || failure instanceof StorageException.TopicExists) {
                        created(leading, Optional.ofNullable(id));
                    } else if (roles.leading() != leading) {
                        // It is unknown whether the topic was created; it has no record of this
                        // call.
                        made.completeExceptionally(forwarder.notLeader());
                    } else {
                        made.completeExceptionally(failure);
                    }
                });
            }
        }

        /**
         * The topic is committed but may not exist here. If an earlier topic of that name is still
         * being deleted, this one is created after that. If it was deleted already, it is created
         * once more, because the append came later.
         */
        private void created(LeaderRole leading, Optional<UUID> id) {
            Optional<TopicLog> log = context.store().findTopic(name);
            if (log.isPresent()) {
                made.complete(log.get());
            } else if (roles.leading() != leading || context.nowNanos() - deadline > 0) {
                made.completeExceptionally(forwarder.notLeader());
            } else if (id.filter(catalog::knows).isPresent()) {
                context.later(CHECK_INTERVAL, () -> created(leading, id));
            } else {
                context.later(CHECK_INTERVAL, this::findOrCreate);
            }
        }
    }
}
