package io.lignum.cluster.internal.leader;

import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.internal.state.ClusterView;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.StoredState;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicLog;
import io.lignum.storage.WrittenBatches;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * The role of a node that leads one epoch. It leads every log, computes the high watermarks and
 * keeps what that needs up to date:
 *
 * <ul>
 *   <li>{@link Replicas} holds the followers and handles their messages,
 *   <li>{@link IsrKeeper} decides which of them are in sync, {@link StateDriver} writes that to the
 *       coordinator,
 *   <li>{@link LeaderTimers} sends what is due by time, {@link ReplicationLag} computes the lag.
 * </ul>
 *
 * <p>The high watermarks are recomputed after each acknowledgement, each force of this node's disk
 * and each confirmed change of the in-sync replicas. Ten times a second the role expires appends,
 * checks the in-sync replicas and watches the disk. It ends on proof that the leadership is lost
 * (R5): pending appends then end with UNKNOWN, and the logs follow.
 *
 * <p>The node loop only, except {@link #written} and {@link #flushed}.
 */
public final class LeaderRole implements StateDriver.Listener, Replicas.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(LeaderRole.class);

    private static final Duration UPKEEP = Duration.ofMillis(100);

    /** Notified on the node loop. */
    public interface Listener {
        /** There is proof that the leadership is lost (R5). */
        void deposed(int higherEpoch, String why);

        /** The disk accepts writes and does not finish them. */
        void diskStalled();

        /**
         * A log that this node leads is damaged. This node stops leading it, unless another node
         * can lead.
         */
        void damaged(TopicLog log, StorageException cause);

        /**
         * A topic is damaged here, and an in-sync replica follows that can lead. Repeated while
         * both are true.
         */
        void canTransfer();

        /** The high watermark of a topic has advanced. */
        void committed(TopicLog log);

        /** The state was changed. */
        void stateChanged(StoredState state);
    }

    private final NodeContext context;
    private final Listener listener;
    private final LeaderEpoch leaderEpoch;
    private final StateDriver state;
    private final LeaderTimers timers;
    private final IsrKeeper isr;
    private final ReplicationLag lag;
    private final DiskWatch disk;
    private final Replicas followers;
    private final List<String> alarms = new ArrayList<>();
    private boolean ended;

    /**
     * Call {@link #start} to lead.
     *
     * @param elected the state with which this node was elected
     * @param becomingLive topics that a record of an earlier epoch makes live and that is not
     *     applied here yet
     */
    public LeaderRole(
            NodeContext context,
            StoredState elected,
            Set<UUID> becomingLive,
            ClusterView view,
            Listener listener) {
        this.context = context;
        this.listener = listener;
        leaderEpoch = new LeaderEpoch(elected.value(), becomingLive);
        state = new StateDriver(context, elected, this);
        followers = new Replicas(context, elected.value().clusterId(), leaderEpoch, this);
        timers = new LeaderTimers(context, leaderEpoch, followers.all());
        isr = new IsrKeeper(context, leaderEpoch, state, view, followers);
        lag = new ReplicationLag(context, leaderEpoch, followers);
        disk = new DiskWatch(context.config().lagLimit());
    }

    /** Leads all logs (R10). The epoch is durable on this node. */
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

    /** The followers. */
    public Replicas followers() {
        return followers;
    }

    /** How far the followers are behind. */
    public ReplicationLag lag() {
        return lag;
    }

    /** Sends what followers get by time, or earlier on request. */
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
        return state.session();
    }

    /**
     * Leads a new topic. Does nothing if the topic is led already, because the epoch began after
     * its creation.
     */
    public void lead(TopicLog log) {
        if (leaderEpoch.topic(log) == null) {
            LeaderTopic topic = new LeaderTopic(log, leaderEpoch.leader(), epoch());
            leaderEpoch.add(topic);
            topic.flushed();
            advance(topic);
        }
        followers.leads(log.id());
    }

    public void dropped(UUID topic) {
        isr.release(topic);
        stop(topic, "it is deleted");
    }

    /** The catalog has applied the metadata log up to the start of this epoch. */
    void topicsAreKnown() {
        leaderEpoch.topicsAreKnown();
    }

    /**
     * This log is damaged: followers are not reconciled with it, and no node becomes an in-sync
     * replica (R37).
     */
    public void withhold(UUID topic) {
        isr.withhold(topic);
        stop(topic, "it is damaged");
    }

    /**
     * A read found this log damaged. If another node can lead, the log is shipped until then up to
     * the damage.
     */
    public void damaged(TopicLog log, StorageException cause) {
        if (!ended && leaderEpoch.topic(log) != null) {
            isr.withhold(log.id());
            listener.damaged(log, cause);
            if (isFollowedInSync()) {
                listener.canTransfer();
            } else {
                withhold(log.id());
            }
        }
    }

    /** Whether another in-sync replica follows. It has all live topics. */
    public boolean isFollowedInSync() {
        return followers.all().stream()
                .anyMatch(follower -> state.confirmed().hasInSync(follower.member()));
    }

    private void stop(UUID topic, String why) {
        LeaderTopic removed = leaderEpoch.remove(topic);
        if (removed != null) {
            removed.end(why);
            followers.dropped(topic);
        }
    }

    /** The topic's settings have changed, perhaps its mode. */
    public void configured(TopicLog log) {
        LeaderTopic topic = leaderEpoch.topic(log);
        if (topic != null) {
            topic.configure();
            followers.configured(topic);
            advance(topic);
        }
    }

    // ---- events of the logs, on the engine's threads

    /** Batches were written and can be shipped. Any thread; does not block. */
    public void written(TopicLog log, WrittenBatches batches) {
        LeaderTopic topic = leaderEpoch.topic(log);
        if (topic != null && topic.isLive()) {
            followers.written(topic, batches);
        }
    }

    /** The log was forced. Any thread; does not block. */
    public void flushed(TopicLog log) {
        LeaderTopic topic = leaderEpoch.topic(log);
        if (topic != null && topic.isLive() && topic.claimFlush()) {
            context.onLoop(() -> {
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

    // ---- periodic work

    private void upkeep() {
        if (ended) {
            return;
        }
        isr.publishResponsive();
        leaderEpoch.topics().forEach(topic -> topic.expire(context.nowNanos()));
        isr.recordProgress();
        lag.watch();
        if (isr.isWithholding() && isFollowedInSync()) {
            listener.canTransfer(); // The replica may have been away when the damage was found.
        }
        if (state.isIdle()) {
            isr.changeMembers();
        }
        if (disk.isStalled(leaderEpoch.topics(), context.nowNanos())) {
            listener.diskStalled();
            return;
        }
        context.later(UPKEEP, this::upkeep);
    }

    // ---- the cluster's state

    /** Requests a change of the state; completes on the node loop when the change is confirmed. */
    public CompletableFuture<ClusterState> change(StateKeeper.Change change) {
        return state.change(change);
    }

    /** A watch shows that this node does not hold the lock. Only a consistent read proves that. */
    public void checkLock() {
        state.checkLock();
    }

    /** Whether a transfer is releasing the lock; the transfer then finds out the result itself. */
    public void releasing(boolean now) {
        state.releasing(now);
    }

    @Override
    public void deposed(int higherEpoch, String why) {
        listener.deposed(higherEpoch, why);
    }

    @Override
    public void settled(StoredState settled) {
        ClusterState confirmed = settled.value();
        LOG.info(
                "In-sync replicas of epoch {}: {}, at least {}",
                epoch(),
                confirmed.isr(),
                confirmed.minIsr());
        listener.stateChanged(settled);
        isr.publishResponsive();
        advanceAll();
    }

    // ---- queries

    /** Whether everything appended to live topics is committed. */
    public boolean isQuiet() {
        return leaderEpoch.topics().stream().allMatch(LeaderTopic::isQuiet);
    }

    /** Whether a node has every record of this node, those of {@code wal} topics included. */
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

    /** The loop has failed: ends appends that wait for a commit with UNKNOWN. Any thread. */
    public void abandon(String why) {
        leaderEpoch.end(why);
        leaderEpoch.topics().forEach(topic -> topic.end(why));
    }

    /**
     * Ends the epoch for this node: pending appends end with UNKNOWN, because the next leader may
     * commit them (R5).
     */
    public void end(String why) {
        if (ended) {
            return;
        }
        ended = true;
        leaderEpoch.end(why);
        leaderEpoch.topics().forEach(topic -> topic.log().follow());
        leaderEpoch.topics().forEach(topic -> topic.end(why));
        state.end(why);
        timers.end();
        followers.end();
    }
}
