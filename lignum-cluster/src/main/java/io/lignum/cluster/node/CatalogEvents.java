package io.lignum.cluster.node;

import io.lignum.cluster.internal.follower.FollowerRole;
import io.lignum.cluster.internal.leader.LeaderRole;
import io.lignum.cluster.internal.leader.TopicCommands;
import io.lignum.cluster.internal.state.Alarms;
import io.lignum.cluster.internal.state.ReplicationMode;
import io.lignum.cluster.internal.topics.TopicCatalog;
import io.lignum.storage.TopicLog;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Passes the catalog's changes of topics on to the node's current role, and wakes callers that wait
 * until the catalog has applied a change.
 *
 * <p>The node loop only.
 */
final class CatalogEvents implements TopicCatalog.Listener {

    private final RoleHolder roles;
    private final Alarms alarms;
    private final Consumer<@Nullable Throwable> failed;
    private final List<Runnable> waiters = new ArrayList<>();

    /** @param failed called with the reason when the catalog cannot continue */
    CatalogEvents(RoleHolder roles, Alarms alarms, Consumer<@Nullable Throwable> failed) {
        this.roles = roles;
        this.alarms = alarms;
        this.failed = failed;
    }

    @Override
    public void topicCreated(TopicLog log) {
        LeaderRole leading = roles.leading();
        FollowerRole follower = roles.following();
        if (leading != null) {
            leading.lead(log);
        } else if (follower != null) {
            follower.follow(log);
        } else {
            log.follow();
        }
    }

    @Override
    public void topicAltered(TopicLog log) {
        LeaderRole leading = roles.leading();
        if (leading != null) {
            leading.configured(log);
            return;
        }
        ReplicationMode.apply(log, 0);
        FollowerRole follower = roles.following();
        if (follower != null) {
            follower.configured(log);
        }
    }

    /**
     * A node without a role trims when it has one: the end of its log may hold divergent records,
     * which must be saved first (R20).
     */
    @Override
    public void topicTrimmed(TopicLog log) {
        TopicCommands commands = roles.commands();
        FollowerRole follower = roles.following();
        if (commands != null) {
            commands.applyTrim(log);
        } else if (follower != null) {
            follower.trimmed(log.id());
        }
    }

    @Override
    public void topicDeleted(UUID id) {
        LeaderRole leading = roles.leading();
        FollowerRole follower = roles.following();
        if (leading != null) {
            leading.dropped(id);
        } else if (follower != null) {
            follower.dropped(id);
        }
    }

    @Override
    public void caughtUp(long applied) {
        TopicCommands commands = roles.commands();
        if (commands != null) {
            commands.caughtUp(applied);
        }
        List<Runnable> due = new ArrayList<>(waiters);
        waiters.clear();
        due.forEach(Runnable::run);
    }

    /**
     * Runs the condition now, and again each time more of the metadata log has been applied, until
     * it is true.
     */
    void await(BooleanSupplier done) {
        if (!done.getAsBoolean()) {
            waiters.add(() -> await(done));
        }
    }

    @Override
    public void nameTaken(String why) {
        alarms.add("a topic of the cluster cannot be created on this node: " + why
                + " on this node, and it is another one. If this persists, empty this node's"
                + " data directory and let it join again");
    }

    @Override
    public void catalogFailed(@Nullable Throwable cause) {
        failed.accept(cause);
    }
}
