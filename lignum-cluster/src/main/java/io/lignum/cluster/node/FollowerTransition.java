package io.lignum.cluster.node;

import io.lignum.cluster.ClusterException;
import io.lignum.cluster.ClusterStatus;
import io.lignum.cluster.internal.follower.FollowedEpoch;
import io.lignum.cluster.internal.follower.FollowerRole;
import io.lignum.cluster.internal.state.ClusterKnowledge;
import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.NodeIdentity;
import io.lignum.cluster.internal.state.NodeRecord;
import io.lignum.storage.TopicLog;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts and ends this node's role as a follower; {@link FollowerRole} is the role itself.
 *
 * <p>{@link Node} calls {@link #follow} when the coordinator names another node as the leader.
 * Before the role starts, the epoch is forced to this node's disk, and damaged topics are replaced
 * by empty ones. The role ends when it reports a higher epoch, lost data, or a log that differs
 * from the leader's below the high watermark: then this node looks for a leader again, takes a new
 * incarnation, or halts.
 *
 * <p>The node loop only.
 */
final class FollowerTransition implements FollowerRole.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(FollowerTransition.class);

    private final NodeContext context;
    private final ClusterKnowledge known;
    private final RoleHolder roles;
    private final NodeTopics topics;
    private final NodeControl node;

    FollowerTransition(
            NodeContext context,
            ClusterKnowledge known,
            RoleHolder roles,
            NodeTopics topics,
            NodeControl node) {
        this.context = context;
        this.known = known;
        this.roles = roles;
        this.topics = topics;
        this.node = node;
    }

    /**
     * Follows {@code named}. Does nothing if this node already follows it, has seen a higher epoch,
     * or does not know its address.
     */
    void follow(ClusterState state, ClusterState.Leader named) {
        NodeIdentity now = known.identity();
        FollowerRole current = roles.following();
        NodeRecord record = known.view().find(named.member().nodeId());
        if (state.epoch() < now.epoch()
                || record == null
                || !record.member().equals(named.member())
                || (current != null
                        && current.epoch() == state.epoch()
                        && current.leader().member().equals(named.member())
                        && current.leader().address().equals(record.address()))) {
            return;
        }
        if (!known.loader().isOwn(state)) {
            return;
        }
        if (topics.damage().isAny()) {
            fetchAgain(state, named.member().nodeId());
            return;
        }
        roles.end("node " + named.member().nodeId() + " leads");
        int mine = roles.changes();
        context.whenDone(known.keeper().persistEpochOf(state), (after, failure) -> {
            if (after == null) {
                node.diskFailed(failure);
            } else if (mine == roles.changes()) {
                begin(state, after, record);
            }
        });
    }

    private void begin(ClusterState state, NodeIdentity durable, NodeRecord leader) {
        if (topics.damage().isAny()) {
            fetchAgain(state, leader.member().nodeId()); // The damage was found meanwhile.
            return;
        }
        FollowerRole started = new FollowerRole(
                context, FollowedEpoch.of(state, durable, leader), topics.catalog(), this);
        roles.follow(started);
        leaderLeads(true);
        started.start(context.store().topics());
        roles.become(ClusterStatus.Role.FOLLOWER);
    }

    private void fetchAgain(ClusterState state, String leaderId) {
        roles.end("damaged topics are fetched again");
        roles.become(ClusterStatus.Role.LOOKING);
        topics.damage().fetchAgain(state, leaderId);
    }

    /** While the leader says that it does not lead, this node names no leader to clients. */
    @Override
    public void leaderLeads(boolean leads) {
        FollowerRole following = roles.following();
        if (following != null) {
            if (leads) {
                node.knownLeader()
                        .is(new ClusterException.Leader(
                                following.leader().member().nodeId(),
                                following.leader().address()));
            } else {
                node.knownLeader().isUnknown();
            }
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
     * This node cannot guarantee what it acknowledged. It takes a new incarnation, which has
     * acknowledged nothing (R1).
     */
    private void renewIncarnation() {
        roles.end("this node takes a new incarnation");
        known.loader().invalidate();
        int mine = roles.changes();
        context.whenDone(
                known.keeper().update(before -> before.withIncarnation(context.newId())),
                (done, failure) -> {
                    if (failure != null) {
                        node.diskFailed(failure);
                    } else if (mine == roles.changes()) {
                        known.registry().register();
                        roles.become(ClusterStatus.Role.LOOKING);
                        known.loader().load();
                    }
                });
    }

    @Override
    public void forked(TopicLog log, long cut) {
        node.unfit("topic " + log.name() + " differs from its leader's"
                + " from offset " + cut + " on, below what was committed ("
                + log.highWatermark().orElse(0) + "). This is a bug. The node halts and"
                + " changes nothing; keep its data and report this");
    }

    @Override
    public void committed(TopicLog log) {
        topics.catalog().committed(log);
    }
}
