package io.lignum.cluster.node;

import io.lignum.cluster.ClusterException;
import io.lignum.cluster.ClusterStatus;
import io.lignum.cluster.internal.follower.FollowerRole;
import io.lignum.cluster.internal.state.ClusterIdCheck;
import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.NodeIdentity;
import io.lignum.cluster.internal.state.NodeIdentityKeeper;
import io.lignum.cluster.internal.state.NodeRecord;
import io.lignum.cluster.internal.state.StateLoader;
import io.lignum.storage.TopicLog;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whom this node follows: when it begins to, and what ends that. What it does meanwhile is in
 * {@link FollowerRole}.
 *
 * <p>The node's loop only.
 */
final class FollowerTransition implements FollowerRole.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(FollowerTransition.class);

    private final Node node;
    private final NodeContext context;
    private final RoleHolder roles;
    private final NodeIdentityKeeper identity;
    private final ClusterIdCheck cluster;
    private final StateLoader learner;
    private final DamageHandler damage;

    FollowerTransition(
            Node node,
            NodeIdentityKeeper identity,
            ClusterIdCheck cluster,
            StateLoader learner,
            DamageHandler damage) {
        this.node = node;
        this.identity = identity;
        this.cluster = cluster;
        this.learner = learner;
        this.damage = damage;
        context = node.context();
        roles = node.roles();
    }

    /** Unless it does already, or knows better. */
    void follow(ClusterState state, ClusterState.Leader named) {
        NodeIdentity now = identity.identity();
        FollowerRole current = roles.following();
        NodeRecord record = node.view().find(named.member().nodeId());
        if (state.epoch() < now.epoch()
                || record == null
                || !record.member().equals(named.member())
                || (current != null
                        && current.epoch() == state.epoch()
                        && current.leader().equals(named.member())
                        && current.address().equals(record.address()))) {
            return;
        }
        if (!cluster.isOwn(state)) {
            return;
        }
        if (damage.isAny()) {
            fetchAgain(state, named.member().nodeId());
            return;
        }
        roles.end("node " + named.member().nodeId() + " leads");
        int mine = roles.changes();
        context.whenDone(identity.remember(state), (after, failure) -> {
            if (after == null) {
                node.diskFailed(failure);
            } else if (mine == roles.changes()) {
                begin(state, after, record);
            }
        });
    }

    private void begin(ClusterState state, NodeIdentity durable, NodeRecord of) {
        if (damage.isAny()) {
            fetchAgain(state, of.member().nodeId()); // The damage was found meanwhile.
            return;
        }
        boolean unclean = state.uncleanEpoch().isPresent()
                && state.uncleanEpoch().getAsInt() <= state.epoch();
        FollowerRole begun = new FollowerRole(
                context, durable, of.member(), of.address(), unclean, node.catalog(), this);
        roles.follow(begun);
        leaderLeads(true);
        begun.start(context.store().topics());
        roles.become(ClusterStatus.Role.FOLLOWER);
    }

    private void fetchAgain(ClusterState state, String leaderId) {
        roles.end("damaged topics are fetched again");
        roles.become(ClusterStatus.Role.LOOKING);
        damage.fetchAgain(state, leaderId);
    }

    /**
     * A node that says that it does not lead is nobody to send writes to, and no leader to show.
     */
    @Override
    public void leaderLeads(boolean leads) {
        FollowerRole following = roles.following();
        if (following != null) {
            node.forwarder()
                    .leaderIs(
                            leads
                                    ? new ClusterException.Leader(
                                            following.leader().nodeId(), following.address())
                                    : null);
        }
    }

    @Override
    public void higherEpoch(int epoch) {
        roles.end("a peer is at epoch " + epoch);
        node.note(before -> before.atEpoch(epoch));
        roles.become(ClusterStatus.Role.LOOKING);
    }

    @Override
    public void dataLost(String why) {
        LOG.error("This node lost data that it had acknowledged: {}", why);
        renewIncarnation();
    }

    /**
     * The node cannot guarantee what it acknowledged: it becomes another one, which has
     * acknowledged nothing (R1).
     */
    private void renewIncarnation() {
        roles.end("this node takes a new incarnation");
        learner.forget();
        int mine = roles.changes();
        context.whenDone(
                identity.update(before -> before.withIncarnation(context.newId())),
                (done, failure) -> {
                    if (failure != null) {
                        node.diskFailed(failure);
                    } else if (mine == roles.changes()) {
                        node.registry().register();
                        roles.become(ClusterStatus.Role.LOOKING);
                        learner.learn();
                    }
                });
    }

    @Override
    public void forked(TopicLog log, long cut) {
        node.unfit("topic " + log.name() + " differs from its leader's"
                + " from offset " + cut + " on, below what was committed ("
                + log.highWatermark().orElse(0) + "): this must not happen. The node halts and"
                + " touches nothing; keep its data and tell the developers");
    }

    @Override
    public void committed(TopicLog log) {
        node.catalog().committed(log);
    }
}
