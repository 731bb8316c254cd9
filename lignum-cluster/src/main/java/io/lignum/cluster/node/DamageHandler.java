package io.lignum.cluster.node;

import io.lignum.cluster.internal.leader.LeaderRole;
import io.lignum.cluster.internal.state.Alarms;
import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.internal.state.DamagedTopics;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.NodeIdentityKeeper;
import io.lignum.cluster.internal.topics.TopicCatalog;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicLog;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * What a node does about damaged topics (R37): it says so, withholds them from its lead, and
 * fetches them again from another node that leads. Which ones are damaged is in
 * {@link DamagedTopics}.
 *
 * <p>The node's loop only.
 */
final class DamageHandler {

    /** What this tells the node. */
    interface Listener {
        /**
         * This is another incarnation now, and its logs are whole: those that were not are empty.
         */
        void renewed();

        /** The disk did not take it. */
        void diskFailed(@Nullable Throwable cause);
    }

    private final NodeContext context;
    private final DamagedTopics damagedTopics;
    private final NodeIdentityKeeper identity;
    private final TopicCatalog catalog;
    private final Alarms alarms;
    private final Listener listener;
    private boolean renewing;

    DamageHandler(
            NodeContext context,
            DamagedTopics damagedTopics,
            NodeIdentityKeeper identity,
            TopicCatalog catalog,
            Alarms alarms,
            Listener listener) {
        this.context = context;
        this.damagedTopics = damagedTopics;
        this.identity = identity;
        this.catalog = catalog;
        this.alarms = alarms;
        this.listener = listener;
    }

    /** Whether there is any, as far as is known. */
    boolean isAny() {
        return !damagedTopics.damaged().isEmpty();
    }

    /** Reading the log met damage. */
    void found(TopicLog log, StorageException cause) {
        damagedTopics.add(log, cause);
        alarms.add("topic " + log.name() + " is damaged on this node and takes no appends from it: "
                + cause.getMessage());
    }

    /**
     * This node is the only in-sync replica: it leads what is whole, and keeps the rest out of it.
     */
    void withhold(LeaderRole leading) {
        damagedTopics.damaged().forEach(log -> withhold(leading, log));
    }

    /** What is left is all that is committed, if this one copy will do. */
    private void withhold(LeaderRole leading, TopicLog log) {
        leading.withhold(log.id());
        if (log.config().live() && log.config().quorumCount() <= 1) {
            log.advanceHighWatermark(log.flushedOffset());
        }
        alarms.add("topic " + log.name()
                + " is damaged, and no other in-sync replica has it: it takes no"
                + " appends, and can be read as far as it goes: "
                + String.valueOf(damagedTopics.damageOf(log)));
    }

    /** This node leads on without them, for now. */
    void keepOut(LeaderRole leading) {
        damagedTopics.damaged().forEach(log -> leading.withhold(log.id()));
    }

    List<TopicLog> whole() {
        return damagedTopics.whole();
    }

    /** Whether they are being fetched again: until then this node takes no part. */
    boolean isRenewing() {
        return renewing;
    }

    /**
     * What is damaged here is fetched again from the leader (R37): as another incarnation, which
     * has acknowledged nothing, and from logs that are empty. What is left of the damaged ones is
     * kept.
     */
    void fetchAgain(ClusterState state, String leaderId) {
        List<TopicLog> damaged = damagedTopics.damaged();
        damaged.forEach(log -> alarms.add("topic " + log.name()
                + " was damaged here and is fetched again"
                + " from node " + leaderId + "; what is left of it is kept in divergent/" + log.id()
                + ": " + String.valueOf(damagedTopics.damageOf(log))));
        renewing = true;
        context.onLoop(
                identity.update(before ->
                                before.withIncarnation(context.newId()).knowing(state))
                        .thenCompose(durable -> damagedTopics.renew(damaged, this::renewed)),
                (done, failure) -> {
                    renewing = false;
                    if (failure != null) {
                        listener.diskFailed(failure);
                    } else {
                        listener.renewed();
                    }
                });
    }

    private void renewed(TopicLog log) {
        if (log.id().equals(TopicCatalog.ID)) {
            context.onLoop(() -> catalog.renewed(log));
        }
    }
}
