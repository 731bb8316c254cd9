package io.lignum.cluster.node;

import io.lignum.cluster.internal.leader.LeaderRole;
import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.internal.state.DamageCheck;
import io.lignum.cluster.internal.state.DamagedTopics;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.NodeIdentityKeeper;
import io.lignum.cluster.internal.topics.TopicCatalog;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicLog;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * Handles damaged topics (R37): has suspected damage confirmed, raises alarms, excludes damaged
 * topics from this node's leadership, and fetches them again from the next leader.
 * {@link DamagedTopics} holds which topics are damaged.
 *
 * <p>The node loop only.
 */
final class DamageHandler {

    /** Notified on the node loop. */
    interface Listener {
        /** This node has a new incarnation, and empty logs in place of the damaged ones. */
        void renewed();

        /** A topic turned out to be damaged while this node does not lead. */
        void copyDamaged(TopicLog log);

        /** A problem that an operator must see. */
        void alarm(String text);

        /** The new incarnation or the empty logs could not be written. */
        void diskFailed(@Nullable Throwable cause);
    }

    private final NodeContext context;
    private final DamagedTopics damagedTopics;
    private final NodeIdentityKeeper identity;
    private final TopicCatalog catalog;
    private final RoleHolder roles;
    private final Listener listener;
    private final DamageCheck check;
    private boolean renewing;

    DamageHandler(
            NodeContext context,
            NodeIdentityKeeper identity,
            TopicCatalog catalog,
            RoleHolder roles,
            Listener listener) {
        this.context = context;
        this.identity = identity;
        this.catalog = catalog;
        this.roles = roles;
        this.listener = listener;
        damagedTopics = new DamagedTopics(context.store());
        check = new DamageCheck(context, this::confirmed);
    }

    /** Which topics are damaged. Any thread. */
    DamagedTopics damagedTopics() {
        return damagedTopics;
    }

    /** A read of the log found damage, which a second read must confirm (R40). Any thread. */
    void suspect(TopicLog log, StorageException.CorruptLog cause) {
        context.onLoop(() -> {
            if (damagedTopics.damageOf(log) == null) {
                check.suspect(log, cause);
            }
        });
    }

    private void confirmed(TopicLog log, StorageException cause) {
        if (damagedTopics.damageOf(log) != null) {
            return;
        }
        LeaderRole leading = roles.leading();
        if (leading != null) {
            leading.damaged(log, cause);
        } else {
            add(log, cause);
            listener.copyDamaged(log);
        }
    }

    /** Whether a topic of this node is known to be damaged. */
    boolean isAny() {
        return !damagedTopics.damaged().isEmpty();
    }

    /** Records confirmed damage, and raises an alarm. */
    void add(TopicLog log, StorageException cause) {
        damagedTopics.add(log, cause);
        listener.alarm("topic " + log.name()
                + " is damaged on this node and takes no appends from it: " + cause.getMessage());
    }

    /** This node leads without its damaged topics, because it is the only in-sync replica. */
    void withhold(LeaderRole leading) {
        damagedTopics.damaged().forEach(log -> withhold(leading, log));
    }

    /** If one copy is enough for a commit, everything that is left of the log is committed. */
    private void withhold(LeaderRole leading, TopicLog log) {
        leading.withhold(log.id());
        if (log.config().live() && log.config().quorumCount() <= 1) {
            log.advanceHighWatermark(log.flushedOffset());
        }
        listener.alarm("topic " + log.name()
                + " is damaged, and there is no other in-sync replica: it takes no"
                + " appends, and can be read up to the damage: "
                + String.valueOf(damagedTopics.damageOf(log)));
    }

    /** This node continues to lead, without its damaged topics. */
    void keepOut(LeaderRole leading) {
        damagedTopics.damaged().forEach(log -> leading.withhold(log.id()));
    }

    List<TopicLog> whole() {
        return damagedTopics.whole();
    }

    /**
     * Whether damaged topics are being replaced by empty ones. Until that is done this node has no
     * role.
     */
    boolean isRenewing() {
        return renewing;
    }

    /**
     * Replaces the damaged topics by empty ones, which the leader fills again (R37). The node takes
     * a new incarnation first, because it no longer guarantees these topics. The damaged logs are
     * kept in {@code divergent/}.
     */
    void fetchAgain(ClusterState state, String leaderId) {
        List<TopicLog> damaged = damagedTopics.damaged();
        damaged.forEach(log -> listener.alarm("topic " + log.name()
                + " was damaged here and is fetched again"
                + " from node " + leaderId + "; its remains are kept in divergent/" + log.id()
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
