package io.lignum.cluster.node;

import io.lignum.cluster.ClusterException;
import io.lignum.cluster.ClusterStatus;
import io.lignum.cluster.internal.election.Elector;
import io.lignum.cluster.internal.leader.IsolationMonitor;
import io.lignum.cluster.internal.leader.LeaderComponents;
import io.lignum.cluster.internal.leader.LeaderPreparation;
import io.lignum.cluster.internal.leader.LeaderRole;
import io.lignum.cluster.internal.state.Alarms;
import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.NodeIdentityKeeper;
import io.lignum.cluster.internal.state.SessionKeeper;
import io.lignum.cluster.peer.Member;
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
 * How this node comes to lead once it is elected, and what ends that. What it does meanwhile is in
 * {@link LeaderComponents}.
 *
 * <p>The node's loop only.
 */
final class LeaderTransition implements LeaderPreparation.Listener, LeaderRole.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(LeaderTransition.class);

    private static final Duration REST_AFTER_LOSS = Duration.ofSeconds(1);
    private static final Duration REST_AFTER_STALL = Duration.ofSeconds(30);
    private static final Duration REST_AFTER_HANDOVER = Duration.ofSeconds(2);
    private static final Duration YIELD_PATIENCE = Duration.ofSeconds(2);

    private final Node node;
    private final NodeContext context;
    private final RoleHolder roles;
    private final SessionKeeper sessions;
    private final NodeIdentityKeeper identity;
    private final Elector elector;
    private final DamageHandler damage;
    private final Alarms alarms;
    private boolean yielding;

    LeaderTransition(
            Node node,
            NodeIdentityKeeper identity,
            Elector elector,
            DamageHandler damage,
            Alarms alarms) {
        this.node = node;
        this.identity = identity;
        this.elector = elector;
        this.damage = damage;
        this.alarms = alarms;
        context = node.context();
        roles = node.roles();
        sessions = node.sessions();
    }

    /** This node is to lead the epoch of {@code state}. */
    void accede(ClusterState state, long index, List<PeerResponse.Progress> others) {
        if (state.epoch() <= identity.identity().epoch()) {
            // A peer told of a higher epoch meanwhile: the coordinator is behind, this lead is
            // void.
            LOG.warn("Elected for epoch {}, but a higher one was seen", state.epoch());
            sessions.replace();
            return;
        }
        roles.end("this node was elected");
        LOG.info("Elected for epoch {}", state.epoch());
        LeaderPreparation begun =
                new LeaderPreparation(context, identity, node.view(), node.catalog(), this);
        roles.accede(begun);
        begun.start(state, index, others);
    }

    @Override
    public void acceded(ClusterState state, long index, Set<UUID> becomingLive) {
        roles.acceded();
        String session = state.leader().map(ClusterState.Leader::session).orElse("");
        if (!sessions.session().equals(Optional.of(session))) {
            node.reconsider();
            return;
        }
        if (!names(state, identity.identity().self())) {
            LOG.warn(
                    "Elected for epoch {}, but became another incarnation meanwhile",
                    state.epoch());
            sessions.replace();
            return;
        }
        if (state.isr().size() > 1 && damage.isAny()) {
            LOG.warn(
                    "Elected for epoch {}, but damage was found meanwhile, and other in-sync"
                            + " replicas may have those topics whole",
                    state.epoch());
            sessions.replace();
            return;
        }
        LeaderRole leading = new LeaderRole(
                context,
                identity.identity().self(),
                session,
                state,
                index,
                becomingLive,
                node.view(),
                this);
        LeaderComponents begun =
                new LeaderComponents(context, leading, node.catalog(), node.view()::size, alarms);
        roles.lead(begun);
        damage.withhold(leading);
        leading.start(damage.whole());
        new IsolationMonitor(context, sessions, leading.leaderEpoch(), this::namesItself).watch();
        namesItself(true);
        node.appends().leads(leading.leaderEpoch());
        roles.become(ClusterStatus.Role.LEADER);
        begun.takeTopics(node.catalogEvents()::await);
        node.members().update(); // Its cluster was perhaps founded just now.
        checkLead(leading); // What was seen meanwhile was not looked at.
    }

    private static boolean names(ClusterState state, Member self) {
        return state.leader().filter(leader -> leader.member().equals(self)).isPresent();
    }

    private void namesItself(boolean leads) {
        node.forwarder()
                .leaderIs(
                        leads
                                ? new ClusterException.Leader(
                                        identity.identity().self().nodeId(),
                                        context.config().address())
                                : null);
    }

    @Override
    public void deposed(int epoch, String why) {
        if (roles.leading() != null) {
            stepDown(why);
            if (epoch > identity.identity().epoch()) {
                node.note(before -> before.atEpoch(epoch));
            }
        }
    }

    /** Not the leader any more: pending appends end with UNKNOWN (R5). */
    void stepDown(String why) {
        LOG.warn("Stepping down: {}", why);
        roles.end(why);
        roles.become(ClusterStatus.Role.LOOKING);
        elector.rest(REST_AFTER_LOSS);
        context.onLoop(node::reconsider);
    }

    /**
     * Whether the lead is given up cannot be told: this node does not lead on, and its session
     * goes, and with it the lock, if it still holds it.
     */
    void abandon(LeaderRole leading, String why) {
        if (roles.leading() == leading) {
            stepDown(why);
            sessions.replace();
        }
    }

    /** Somebody whose disk works is to lead. The session goes, so that the lock is free soon. */
    @Override
    public void diskStalled() {
        alarms.add("this node's disk does not finish its writes: it gave up the lead");
        stepDown("the disk stalls"); // Or it was elected and did not get as far as to lead.
        elector.rest(REST_AFTER_STALL);
        sessions.replace();
    }

    /** What is seen of the cluster: does it say that another one leads? */
    void checkLead(LeaderRole leading) {
        Optional<Integer> seen = node.view().state().map(ClusterState::epoch);
        Optional<String> holder = node.view().lockHolder();
        if (seen.isPresent() && seen.get() > leading.epoch()) {
            deposed(seen.get(), "epoch " + seen.get() + " has begun");
        } else if (!holder.equals(sessions.session())) {
            leading.checkLock(); // A watch may tell what was once; that is no proof (R5).
        }
    }

    /**
     * The lead was given up in good order: the successor takes it, this node waits. If it is about
     * to stop, its session ends now: as an in-sync replica that follows nobody it would hold up
     * every commit until then.
     */
    void gaveUp(LeaderRole leading) {
        if (roles.leading() == leading) {
            roles.end("the lead was handed over");
            if (node.isLeaving()) {
                var unused = sessions.close();
            }
            roles.become(ClusterStatus.Role.LOOKING);
            elector.rest(REST_AFTER_HANDOVER);
            context.onLoop(node::reconsider);
        }
    }

    @Override
    public void damaged(TopicLog log, StorageException cause) {
        damage.found(log, cause);
    }

    /**
     * Another one leads, whoever of the in-sync replicas; then this node fetches what is damaged
     * here. It gets what wal topics have more here, if that can be shipped. While the coordinator
     * does not answer nobody could be elected.
     */
    @Override
    public void canYield() {
        LeaderRole leading = roles.leading();
        boolean mayElect = context.nowNanos() - sessions.believesUntil() < 0;
        if (leading == null || yielding || !mayElect) {
            return;
        }
        yielding = true;
        context.onLoop(
                node.transfers().begin(Optional.empty(), YIELD_PATIENCE), (done, failure) -> {
                    yielding = false;
                    if (roles.leading() != leading) {
                        return;
                    }
                    if (leading.isFollowedInSync()) {
                        stepDown(
                                "a topic is damaged on this node, and another in-sync replica can lead");
                        elector.rest(REST_AFTER_STALL);
                        sessions.replace(); // The lock is free soon.
                    } else {
                        damage.keepOut(leading);
                    }
                });
    }

    @Override
    public void stateChanged(ClusterState state, long index) {
        node.view().learned(state, index);
        node.members().update();
        node.note(before -> before.seen(state.epoch(), state.version()));
    }

    @Override
    public void committed(TopicLog log) {
        node.catalog().committed(log);
    }

    @Override
    public void diskFailed(@Nullable Throwable cause) {
        node.diskFailed(cause);
    }
}
