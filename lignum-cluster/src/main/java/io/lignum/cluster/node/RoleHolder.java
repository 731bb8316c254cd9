package io.lignum.cluster.node;

import io.lignum.cluster.ClusterStatus;
import io.lignum.cluster.internal.follower.FollowerRole;
import io.lignum.cluster.internal.leader.LeaderComponents;
import io.lignum.cluster.internal.leader.LeaderPreparation;
import io.lignum.cluster.internal.leader.LeaderRole;
import io.lignum.cluster.internal.leader.ReadBarrier;
import io.lignum.cluster.internal.leader.TopicCommands;
import io.lignum.cluster.internal.state.NodeIdentityKeeper;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node is at the moment, and what it has for that: it looks for a leader, was elected,
 * leads, or follows; one of them at a time. Whoever begins the next ends what was before.
 *
 * <p>The node's loop only, but for {@link #role} and {@link #leading}.
 */
final class RoleHolder {

    private static final Logger LOG = LoggerFactory.getLogger(RoleHolder.class);

    private final NodeIdentityKeeper identity;
    private final Runnable ending;
    private volatile ClusterStatus.Role role = ClusterStatus.Role.LOOKING;
    private volatile @Nullable LeaderComponents lead;
    private @Nullable FollowerRole follower;
    private @Nullable LeaderPreparation preparation;
    private int changes;

    /** @param ending run first when a role ends */
    RoleHolder(NodeIdentityKeeper identity, Runnable ending) {
        this.identity = identity;
        this.ending = ending;
    }

    /** Any thread. */
    ClusterStatus.Role role() {
        return role;
    }

    /** Null: it does not lead. Any thread. */
    @Nullable
    LeaderRole leading() {
        LeaderComponents now = lead;
        return now == null ? null : now.role();
    }

    /** There when it leads. */
    @Nullable
    TopicCommands commands() {
        LeaderComponents now = lead;
        return now == null ? null : now.commands();
    }

    /** There when it leads. */
    @Nullable
    ReadBarrier barrier() {
        LeaderComponents now = lead;
        return now == null ? null : now.barrier();
    }

    /** Null: it does not follow. */
    @Nullable
    FollowerRole following() {
        return follower;
    }

    /** Whether it was elected and does not lead yet. */
    boolean isAcceding() {
        return preparation != null;
    }

    /**
     * Another number whenever a role ended: what was begun before is to have no effect any more.
     */
    int changes() {
        return changes;
    }

    /** For people and for the status; {@link #end} comes first. */
    void become(ClusterStatus.Role now) {
        if (role != now) {
            role = now;
            LOG.info("{} in epoch {}", now, identity.identity().epoch());
        }
    }

    void accede(LeaderPreparation begun) {
        preparation = begun;
    }

    /** It leads now, or the election came to nothing. */
    void acceded() {
        preparation = null;
    }

    void lead(LeaderComponents begun) {
        lead = begun;
    }

    void follow(FollowerRole begun) {
        follower = begun;
    }

    void end(String why) {
        changes++;
        LeaderPreparation acceding = preparation;
        preparation = null;
        if (acceding != null) {
            acceding.end();
        }
        FollowerRole following = follower;
        follower = null;
        if (following != null) {
            following.end();
        }
        ending.run();
        LeaderComponents leading = lead;
        lead = null;
        if (leading != null) {
            leading.end(why);
        }
    }
}
