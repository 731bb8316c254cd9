package io.lignum.cluster.internal.leader;

import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.peer.Member;
import io.lignum.storage.TopicLog;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The state of one epoch of this node as leader, as appending threads see it. Each epoch has an
 * object of its own, so state of one epoch is never used in another. Written by the loop, read by
 * any thread.
 */
public final class LeaderEpoch {

    public static final String ISOLATED =
            "neither the coordinator nor enough in-sync replicas answer this"
                    + " node, and another one may lead by now";

    private final int epoch;
    private final Member leader;
    private final ConcurrentHashMap<UUID, LeaderTopic> topics = new ConcurrentHashMap<>();
    private volatile int responsive = 1;
    private volatile int minIsr = 1;
    private volatile Set<UUID> becomingLive;
    private volatile @Nullable String refusal;
    private volatile boolean isolated;
    private volatile boolean over;

    /**
     * @param elected the state with which this node was elected
     * @param becomingLive topics that a record of an earlier epoch makes live and that is not
     *     applied here yet
     */
    LeaderEpoch(ClusterState elected, Set<UUID> becomingLive) {
        epoch = elected.epoch();
        leader = elected.leader().orElseThrow().member();
        this.becomingLive = becomingLive;
    }

    public int epoch() {
        return epoch;
    }

    /** This node, with the incarnation that was elected. */
    Member leader() {
        return leader;
    }

    @Nullable
    public LeaderTopic topic(UUID id) {
        return topics.get(id);
    }

    @Nullable
    public LeaderTopic topic(TopicLog log) {
        return topics.get(log.id());
    }

    public Collection<LeaderTopic> topics() {
        return topics.values();
    }

    void add(LeaderTopic topic) {
        topics.put(topic.id(), topic);
    }

    @Nullable
    LeaderTopic remove(UUID id) {
        return topics.remove(id);
    }

    /**
     * Whether appends to this topic, which is a {@code wal} topic here, may have to wait for a
     * commit.
     */
    public boolean isBecomingLive(UUID topic) {
        return becomingLive.contains(topic);
    }

    /** The metadata log of earlier epochs has been applied. */
    void topicsAreKnown() {
        becomingLive = Set.of();
    }

    /** Number of responsive in-sync replicas, the leader included. */
    public int responsive() {
        return responsive;
    }

    public int minIsr() {
        return minIsr;
    }

    void counts(int responsiveNow, int minIsrNow) {
        responsive = responsiveNow;
        minIsr = minIsrNow;
    }

    /**
     * Why appends are refused: the leadership is being transferred, or is lost. Null if they are
     * accepted.
     */
    @Nullable
    public String refusal() {
        return refusal;
    }

    public void refuse(String why) {
        refusal = why;
    }

    public void accept() {
        refusal = null;
    }

    /**
     * Whether this leader is isolated, so that another node may lead without this node's knowledge.
     */
    public boolean isIsolated() {
        return isolated;
    }

    void isolated(boolean now) {
        isolated = now;
    }

    /**
     * Whether this epoch has ended on this node: an acknowledgement from now on would prove nothing
     * (R5).
     */
    public boolean isOver() {
        return over;
    }

    void end(String why) {
        refusal = why;
        over = true;
    }
}
