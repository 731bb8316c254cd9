package io.lignum.cluster.node;

import io.lignum.cluster.ClusterException;
import io.lignum.cluster.ClusterStatus;
import io.lignum.cluster.internal.leader.IsolationMonitor;
import io.lignum.cluster.internal.leader.LeaderComponents;
import io.lignum.cluster.internal.leader.LeaderPreparation;
import io.lignum.cluster.internal.leader.LeaderRole;
import io.lignum.cluster.internal.state.ClusterKnowledge;
import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.SessionKeeper;
import io.lignum.cluster.internal.state.StoredState;
import io.lignum.cluster.peer.PeerResponse;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicLog;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Starts and ends this node's role as the leader; {@link LeaderRole} and {@link LeaderComponents}
 * are the role itself.
 *
 * <p>{@link Node} calls {@link #elected} after this node has won an election. A
 * {@link LeaderPreparation} then makes the epoch durable and completes the logs (R10, R29), and the
 * role starts unless something has changed meanwhile: a lost session, a new incarnation, damage.
 * The role ends on proof that the leadership is lost (R5), by a transfer (R6), when the disk
 * stalls, and when a topic is damaged and another in-sync replica can lead (R37). After each end
 * this node waits for a while before it stands for election again, so that another node can win.
 *
 * <p>The node loop only.
 */
final class LeaderTransition
        implements LeaderPreparation.Listener, LeaderRole.Listener, LeaderTransfer.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(LeaderTransition.class);

    private static final Duration REST_AFTER_LOSS = Duration.ofSeconds(1);
    private static final Duration REST_AFTER_STALL = Duration.ofSeconds(30);
    private static final Duration REST_AFTER_HANDOVER = Duration.ofSeconds(2);
    private static final Duration YIELD_PATIENCE = Duration.ofSeconds(2);

    private final NodeContext context;
    private final ClusterKnowledge known;
    private final RoleHolder roles;
    private final NodeTopics topics;
    private final SessionKeeper sessions;
    private final NodeControl node;
    private final LeaderTransfers transfers;
    private boolean transferring;

    LeaderTransition(
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
        sessions = known.sessions();
        transfers = new LeaderTransfers(context, known.keeper(), roles, this);
    }

    /** Transfers this node's leadership on request. */
    LeaderTransfers transfers() {
        return transfers;
    }

    /** Prepares to lead the epoch of {@code elected}. */
    void elected(StoredState elected, List<PeerResponse.Progress> others) {
        int epoch = elected.value().epoch();
        if (epoch <= known.identity().epoch()) {
            // A peer has shown a higher epoch meanwhile: the coordinator is behind, and this
            // election is void.
            LOG.warn("Elected for epoch {}, but a higher one was seen", epoch);
            sessions.replace();
            return;
        }
        roles.end("this node was elected");
        LOG.info("Elected for epoch {}", epoch);
        LeaderPreparation started = new LeaderPreparation(
                context, known.keeper(), known.view(), topics.catalog(), this);
        roles.prepare(started);
        started.start(elected, others);
    }

    @Override
    public void prepared(StoredState elected, Set<UUID> becomingLive) {
        roles.prepared();
        if (!mayLead(elected.value())) {
            return;
        }
        LeaderRole leading = new LeaderRole(context, elected, becomingLive, known.view(), this);
        LeaderComponents started = new LeaderComponents(
                context, leading, topics.catalog(), known.view()::size, node::alarm);
        roles.lead(started);
        topics.damage().withhold(leading);
        leading.start(topics.damage().whole());
        new IsolationMonitor(context, sessions, leading.leaderEpoch(), this::namesItself).watch();
        namesItself(true);
        node.knownLeader().leads(leading.leaderEpoch());
        roles.become(ClusterStatus.Role.LEADER);
        started.takeTopics(topics.events()::await);
        known.members().update(); // The cluster may have been founded by this election.
        checkLead(leading); // Changes of the view were not evaluated during the preparation.
    }

    /** Looks again, because the preparation took a while; gives the lock back if not. */
    private boolean mayLead(ClusterState state) {
        ClusterState.Leader elected = state.leader().orElseThrow();
        if (!sessions.session().equals(Optional.of(elected.session()))) {
            node.reconsider();
            return false;
        }
        if (!elected.member().equals(known.identity().self())) {
            LOG.warn("Elected for epoch {}, but took a new incarnation meanwhile", state.epoch());
            sessions.replace();
            return false;
        }
        if (state.isr().size() > 1 && topics.damage().isAny()) {
            LOG.warn(
                    "Elected for epoch {}, but damage was found meanwhile, and other in-sync"
                            + " replicas may have those topics intact",
                    state.epoch());
            sessions.replace();
            return false;
        }
        return true;
    }

    private void namesItself(boolean leads) {
        if (leads) {
            node.knownLeader()
                    .is(new ClusterException.Leader(
                            known.nodeId(), context.config().address()));
        } else {
            node.knownLeader().isUnknown();
        }
    }

    @Override
    public void deposed(int epoch, String why) {
        if (roles.leading() != null) {
            stepDown(why);
            if (epoch > known.identity().epoch()) {
                node.note(before -> before.atEpoch(epoch));
            }
        }
    }

    @Override
    public boolean isLeading(LeaderRole leading) {
        return roles.leading() == leading;
    }

    @Override
    public ClusterException.NotLeader notLeader() {
        return node.knownLeader().notLeader();
    }

    /** Ends the role; pending appends end with UNKNOWN (R5). */
    void stepDown(String why) {
        LOG.warn("Stepping down: {}", why);
        roles.end(why);
        roles.become(ClusterStatus.Role.LOOKING);
        node.rest(REST_AFTER_LOSS);
        context.onLoop(node::reconsider);
    }

    /** The session ends too, and with it the lock if this node still holds it. */
    @Override
    public void abandon(LeaderRole leading, String why) {
        if (roles.leading() == leading) {
            stepDown(why);
            sessions.replace();
        }
    }

    /** A node whose disk works should lead. The session ends too, so that the lock is free soon. */
    @Override
    public void diskStalled() {
        node.alarm("this node's disk does not finish its writes: it gave up the leadership");
        stepDown("the disk stalls"); // Or the node was elected and did not finish its preparation.
        node.rest(REST_AFTER_STALL);
        sessions.replace();
    }

    /** Whether the coordinator's data shows that another node leads. */
    void checkLead(LeaderRole leading) {
        Optional<Integer> seen = known.view().state().map(ClusterState::epoch);
        Optional<String> holder = known.view().lockHolder();
        if (seen.isPresent() && seen.get() > leading.epoch()) {
            deposed(seen.get(), "epoch " + seen.get() + " has started");
        } else if (!holder.equals(sessions.session())) {
            leading.checkLock(); // A watch may show an old value, which proves nothing (R5).
        }
    }

    /**
     * Ends the role after a transfer; the successor is given time to take the lock. If this node is
     * about to stop, its session ends now: it would be an in-sync replica that follows no leader
     * and delays every commit.
     */
    @Override
    public void gaveUp(LeaderRole leading) {
        if (roles.leading() == leading) {
            roles.end("the leadership was transferred");
            if (node.isLeaving()) {
                var unused = sessions.close();
            }
            roles.become(ClusterStatus.Role.LOOKING);
            node.rest(REST_AFTER_HANDOVER);
            context.onLoop(node::reconsider);
        }
    }

    @Override
    public void damaged(TopicLog log, StorageException cause) {
        topics.damage().add(log, cause);
    }

    /**
     * Lets another in-sync replica lead, so that this node can fetch its damaged topics again. The
     * transfer ships the records of {@code wal} topics that only this node has, if that is
     * possible. While the coordinator does not answer nothing is done, because no node could be
     * elected.
     */
    @Override
    public void canTransfer() {
        LeaderRole leading = roles.leading();
        boolean mayElect = context.nowNanos() - sessions.leaseUntil() < 0;
        if (leading == null || transferring || !mayElect) {
            return;
        }
        transferring = true;
        context.onLoop(transfers.begin(Optional.empty(), YIELD_PATIENCE), (done, failure) -> {
            transferring = false;
            if (roles.leading() != leading) {
                return;
            }
            if (leading.isFollowedInSync()) {
                stepDown("a topic is damaged on this node, and another in-sync replica can lead");
                node.rest(REST_AFTER_STALL);
                sessions.replace(); // So that the lock is free soon.
            } else {
                topics.damage().keepOut(leading);
            }
        });
    }

    @Override
    public void stateChanged(StoredState state) {
        known.view().update(state);
        known.members().update();
        node.note(before -> before.seen(state.value().epoch(), state.value().version()));
    }

    @Override
    public void committed(TopicLog log) {
        topics.catalog().committed(log);
    }

    @Override
    public void diskFailed(@Nullable Throwable cause) {
        node.diskFailed(cause);
    }
}
