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
 * Holds the node's current role and its objects: looking for a leader, elected and preparing,
 * leading, or following; one at a time. {@link #end} ends the current role before the next one
 * starts.
 *
 * <p>The node loop only, except {@link #role} and {@link #leading}.
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

    /** @param ending runs first when a role ends */
    RoleHolder(NodeIdentityKeeper identity, Runnable ending) {
        this.identity = identity;
        this.ending = ending;
    }

    /** Any thread. */
    ClusterStatus.Role role() {
        return role;
    }

    /** Null if this node does not lead. Any thread. */
    @Nullable
    LeaderRole leading() {
        LeaderComponents now = lead;
        return now == null ? null : now.role();
    }

    /** Null if this node does not lead. */
    @Nullable
    TopicCommands commands() {
        LeaderComponents now = lead;
        return now == null ? null : now.commands();
    }

    /** Null if this node does not lead. */
    @Nullable
    ReadBarrier barrier() {
        LeaderComponents now = lead;
        return now == null ? null : now.barrier();
    }

    /** Null if this node does not follow. */
    @Nullable
    FollowerRole following() {
        return follower;
    }

    /** Whether this node was elected and does not lead yet. */
    boolean isPreparing() {
        return preparation != null;
    }

    /**
     * Number of roles that have ended. Work that was started before the last change must have no
     * effect.
     */
    int changes() {
        return changes;
    }

    /** Sets the role for the status and the log. Call {@link #end} first. */
    void become(ClusterStatus.Role now) {
        if (role != now) {
            role = now;
            LOG.info("{} in epoch {}", now, identity.identity().epoch());
        }
    }

    void prepare(LeaderPreparation started) {
        preparation = started;
    }

    /** The preparation is over: this node leads now, or the election is void. */
    void prepared() {
        preparation = null;
    }

    void lead(LeaderComponents started) {
        lead = started;
    }

    void follow(FollowerRole started) {
        follower = started;
    }

    void end(String why) {
        changes++;
        LeaderPreparation preparing = preparation;
        preparation = null;
        if (preparing != null) {
            preparing.end();
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
