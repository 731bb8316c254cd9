package io.lignum.cluster.internal.leader;

import io.lignum.storage.TopicLog;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One epoch of this node as leader, as appending threads see it: one object for an epoch, so that
 * nothing of it can be taken for another's. Written by the loop.
 */
public final class LeaderEpoch {

    public static final String CUT_OFF =
            "neither the coordinator nor enough in-sync replicas answer this"
                    + " node, and another one may lead by now";

    private final int epoch;
    private final ConcurrentHashMap<UUID, LeaderTopic> topics = new ConcurrentHashMap<>();
    private volatile int responsive = 1;
    private volatile int minIsr = 1;
    private volatile Set<UUID> becomingLive;
    private volatile @Nullable String refusal;
    private volatile boolean isolationMonitor;
    private volatile boolean over;

    /**
     * @param becomingLive topics that an earlier epoch made live, which is not carried out here yet
     */
    LeaderEpoch(int epoch, Set<UUID> becomingLive) {
        this.epoch = epoch;
        this.becomingLive = becomingLive;
    }

    public int epoch() {
        return epoch;
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

    /** Whether appends to this topic, though it is a wal topic here, may have to be committed. */
    public boolean isBecomingLive(UUID topic) {
        return becomingLive.contains(topic);
    }

    /** What earlier epochs said of topics is carried out. */
    void topicsAreKnown() {
        becomingLive = Set.of();
    }

    /** In-sync replicas that answered of late, the leader included. */
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

    /** Why appends are refused: the lead is being handed over, or is lost. Null: they are taken. */
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

    /** Whether a newer leader is likely, and would not be heard of here. */
    public boolean isCutOff() {
        return isolationMonitor;
    }

    void isolationMonitor(boolean now) {
        isolationMonitor = now;
    }

    /**
     * Whether another node may lead by now: what is acknowledged from here on proves nothing (R5).
     */
    public boolean isOver() {
        return over;
    }

    void end(String why) {
        refusal = why;
        over = true;
    }
}
