package io.lignum.cluster.internal.leader;

import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.internal.state.ClusterView;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.peer.Member;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicLog;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * What a node does in an epoch that it leads: it counts what is committed, and looks after all that
 * this takes. Who follows is in {@link Replicas}, who is in sync in {@link IsrKeeper}, and how the
 * state changes in {@link StateDriver}.
 *
 * <p>The node's loop only, but for {@link #written} and {@link #flushed}.
 */
public final class LeaderRole implements StateDriver.Listener, Replicas.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(LeaderRole.class);

    private static final Duration UPKEEP = Duration.ofMillis(100);

    /** What the leader tells its node. */
    public interface Listener {
        /** Proof that the lead is lost (R5). */
        void deposed(int higherEpoch, String why);

        /** The disk takes writes and does not finish them. */
        void diskStalled();

        /**
         * A log that is led cannot be read any more. It is led no longer, unless another node can
         * lead.
         */
        void damaged(TopicLog log, StorageException cause);

        /**
         * A topic is damaged here, and an in-sync replica is here, which can lead; told again while
         * both is so.
         */
        void canYield();

        /** The high watermark of a topic moved. */
        void committed(TopicLog log);

        /** The state was changed, at this index. */
        void stateChanged(ClusterState state, long index);
    }

    private final NodeContext node;
    private final Member self;
    private final String session;
    private final Listener listener;
    private final LeaderEpoch leaderEpoch;
    private final StateKeeper state;
    private final StateDriver driver;
    private final LeaderTimers timers;
    private final IsrKeeper isr;
    private final ReplicationLag lag;
    private final DiskWatch disk;
    private final Replicas followers;
    private final List<String> alarms = new ArrayList<>();
    private boolean ended;

    /**
     * Leads nothing yet.
     *
     * @param becomingLive topics that an earlier epoch made live, which is not carried out here yet
     */
    public LeaderRole(
            NodeContext node,
            Member self,
            String session,
            ClusterState elected,
            long index,
            Set<UUID> becomingLive,
            ClusterView view,
            Listener listener) {
        this.node = node;
        this.self = self;
        this.session = session;
        this.listener = listener;
        leaderEpoch = new LeaderEpoch(elected.epoch(), becomingLive);
        state = new StateKeeper(elected, index, node::nonce);
        driver = new StateDriver(node, state, elected.epoch(), session, this);
        followers = new Replicas(node, self, elected.clusterId(), leaderEpoch, this);
        timers = new LeaderTimers(node, leaderEpoch, followers.all());
        isr = new IsrKeeper(node, self, leaderEpoch, state, driver, view, followers);
        lag = new ReplicationLag(node, leaderEpoch, followers);
        disk = new DiskWatch(node.config().lagLimit());
    }

    /** Takes the lead of all logs (R10). The epoch is durable on this node. */
    public void start(Iterable<TopicLog> logs) {
        for (TopicLog log : logs) {
            lead(log);
        }
        upkeep();
        timers.start();
    }

    public LeaderEpoch leaderEpoch() {
        return leaderEpoch;
    }

    /** Who follows. */
    public Replicas followers() {
        return followers;
    }

    /** How far they are behind. */
    public ReplicationLag lag() {
        return lag;
    }

    /** What goes to the followers by the clock, or earlier where somebody asks for it. */
    public LeaderTimers timers() {
        return timers;
    }

    public int epoch() {
        return leaderEpoch.epoch();
    }

    public ClusterState state() {
        return state.confirmed();
    }

    /** The session that holds the leader lock. */
    public String session() {
        return session;
    }

    /**
     * A topic is here that was not before, unless the epoch began between its creation and this
     * call.
     */
    public void lead(TopicLog log) {
        if (leaderEpoch.topic(log) == null) {
            LeaderTopic topic = new LeaderTopic(log, self, epoch());
            leaderEpoch.add(topic);
            topic.flushed();
            advance(topic);
        }
        followers.led(log.id());
    }

    public void dropped(UUID topic) {
        isr.release(topic);
        stop(topic, "it is deleted");
    }

    /** The metadata log is carried out up to where this epoch began. */
    void topicsAreKnown() {
        leaderEpoch.topicsAreKnown();
    }

    /**
     * This log is damaged: nobody is compared with it, and nobody becomes an in-sync replica
     * meanwhile (R37).
     */
    public void withhold(UUID topic) {
        isr.withhold(topic);
        stop(topic, "it is damaged");
    }

    /**
     * Reading this log met damage. If another node can lead, it is shipped until then as far as it
     * goes.
     */
    public void damaged(TopicLog log, StorageException cause) {
        if (!ended && leaderEpoch.topic(log) != null) {
            isr.withhold(log.id());
            listener.damaged(log, cause);
            if (isFollowedInSync()) {
                listener.canYield();
            } else {
                withhold(log.id());
            }
        }
    }

    /** Whether another in-sync replica is here, which has all live topics. */
    public boolean isFollowedInSync() {
        return followers.all().stream()
                .anyMatch(follower -> state.confirmed().hasInSync(follower.member()));
    }

    private void stop(UUID topic, String why) {
        LeaderTopic gone = leaderEpoch.remove(topic);
        if (gone != null) {
            gone.end(why);
            followers.dropped(topic);
        }
    }

    /** The topic's settings changed: perhaps its mode. */
    public void configured(TopicLog log) {
        LeaderTopic topic = leaderEpoch.topic(log);
        if (topic != null) {
            topic.configure();
            followers.configured(topic);
            advance(topic);
        }
    }

    // ---- the log's events, on the engine's threads

    /** A log has more to ship. Any thread, quick. */
    public void written(TopicLog log) {
        LeaderTopic topic = leaderEpoch.topic(log);
        if (topic != null && topic.isLive()) {
            followers.wake(topic);
        }
    }

    /** A log's disk has more. Any thread, quick. */
    public void flushed(TopicLog log) {
        LeaderTopic topic = leaderEpoch.topic(log);
        if (topic != null && topic.isLive() && topic.claimFlush()) {
            node.onLoop(() -> {
                topic.flushTaken();
                topic.flushed();
                advance(topic);
            });
        }
    }

    // ---- commit

    @Override
    public void acknowledged(LeaderTopic topic) {
        advance(topic);
    }

    private void advance(LeaderTopic topic) {
        ClusterState confirmed = state.confirmed();
        if (ended || !topic.advance(state.counted(), confirmed.isr().size(), confirmed.minIsr())) {
            return;
        }
        timers.committed(topic);
        listener.committed(topic.log());
    }

    private void advanceAll() {
        leaderEpoch.topics().forEach(this::advance);
    }

    // ---- by the clock

    private void upkeep() {
        if (ended) {
            return;
        }
        isr.count();
        leaderEpoch.topics().forEach(topic -> topic.expire(node.nowNanos()));
        isr.watch();
        lag.watch();
        if (isr.isWithholding() && isFollowedInSync()) {
            listener.canYield(); // It was away when the damage was found.
        }
        if (state.isIdle()) {
            isr.keep();
        }
        if (disk.isStalled(leaderEpoch.topics(), node.nowNanos())) {
            listener.diskStalled();
            return;
        }
        node.later(UPKEEP, this::upkeep);
    }

    // ---- the cluster's state

    /** Changes the state when its turn comes; completes on the loop, when that is confirmed. */
    public CompletableFuture<ClusterState> change(StateKeeper.Change change) {
        return driver.change(change);
    }

    /**
     * Nobody seems to hold the lock, which is known to be so only once a consistent read shows it.
     */
    public void checkLock() {
        driver.checkLock();
    }

    /** The lock is being released by a hand-over, which says itself what came of it. */
    public void releasing(boolean now) {
        driver.releasing(now);
    }

    @Override
    public void deposed(int higherEpoch, String why) {
        listener.deposed(higherEpoch, why);
    }

    @Override
    public void settled(long index) {
        ClusterState confirmed = state.confirmed();
        LOG.info(
                "In-sync replicas of epoch {}: {}, at least {}",
                epoch(),
                confirmed.isr(),
                confirmed.minIsr());
        listener.stateChanged(confirmed, index);
        isr.count();
        advanceAll();
    }

    // ---- what others ask

    /** Whether all that was appended to live topics is committed. */
    public boolean isQuiet() {
        return leaderEpoch.topics().stream().allMatch(LeaderTopic::isQuiet);
    }

    /** Whether a node has all that this one has, wal topics included. */
    public boolean hasEverything(String nodeId) {
        Replica follower = followers.find(nodeId).orElse(null);
        return follower != null
                && leaderEpoch.topics().stream()
                        .allMatch(topic ->
                                follower.hasDurably(topic.id(), topic.log().logEndOffset()));
    }

    public List<String> alarms() {
        List<String> all = new ArrayList<>(alarms);
        isr.shortage().ifPresent(all::add);
        all.addAll(lag.alarms());
        if (!state.isSettled()) {
            all.add("the coordinator has not confirmed a change of the in-sync replicas");
        }
        return all;
    }

    @Override
    public void alarm(String text) {
        LOG.error("{}", text);
        alarms.add(text);
    }

    /**
     * The loop failed in the midst of something: all that waits for a commit is told so. Any
     * thread.
     */
    public void abandon(String why) {
        leaderEpoch.end(why);
        leaderEpoch.topics().forEach(topic -> topic.end(why));
    }

    /**
     * The epoch is over for this node: pending appends may be committed by the next leader, or not
     * (R5).
     */
    public void end(String why) {
        if (ended) {
            return;
        }
        ended = true;
        leaderEpoch.end(why);
        leaderEpoch.topics().forEach(topic -> topic.log().follow());
        leaderEpoch.topics().forEach(topic -> topic.end(why));
        driver.end(why);
        timers.end();
        followers.end();
    }
}
