package io.lignum.cluster.internal.leader;

import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.storage.TopicLog;

import java.time.Duration;
import java.util.Collection;

/**
 * Sends followers what is due by time: heartbeats, high watermarks that no batch has carried (R14),
 * and the flushed part of {@code wal} topics (R27). One object per epoch.
 *
 * <p>The node loop only.
 */
public final class LeaderTimers {

    private static final Duration WATERMARK_DELAY = Duration.ofMillis(2);

    private final NodeContext context;
    private final LeaderEpoch leaderEpoch;
    private final Collection<Replica> followers;
    private boolean watermarksPlanned;
    private boolean ended;

    /** @param followers the current followers: a view, not a copy */
    public LeaderTimers(
            NodeContext context, LeaderEpoch leaderEpoch, Collection<Replica> followers) {
        this.context = context;
        this.leaderEpoch = leaderEpoch;
        this.followers = followers;
    }

    void start() {
        heartbeat();
        shipWal();
    }

    private void heartbeat() {
        if (!ended) {
            followers.forEach(follower -> follower.heartbeat(leaderEpoch));
            context.later(context.config().heartbeat(), this::heartbeat);
        }
    }

    private void shipWal() {
        if (!ended) {
            shipWalNow();
            context.later(context.config().walSyncInterval(), this::shipWal);
        }
    }

    /** Ships all that is flushed in {@code wal} topics. */
    public void shipWalNow() {
        leaderEpoch.topics().forEach(topic -> shipNow(topic.log()));
    }

    /** Ships what is flushed of a {@code wal} topic, because a follower's reader waits for it. */
    public void shipNow(TopicLog log) {
        LeaderTopic topic = leaderEpoch.topic(log);
        if (topic == null || topic.isLive()) {
            return;
        }
        if (log.flushedOffset() < log.logEndOffset()) { // Not every append is forced.
            context.onLoop(log.admin().flush(), (done, failure) -> ship(topic));
        } else {
            ship(topic);
        }
    }

    private void ship(LeaderTopic topic) {
        topic.shipWal();
        followers.forEach(follower -> follower.sender().wake(topic));
    }

    /**
     * The high watermark has advanced. The next batch would carry it too, so this waits a moment
     * for one.
     */
    void committed(LeaderTopic topic) {
        followers.forEach(follower -> follower.committed(topic.id()));
        if (!watermarksPlanned && !followers.isEmpty()) {
            watermarksPlanned = true;
            context.later(WATERMARK_DELAY, this::sendWatermarks);
        }
    }

    private void sendWatermarks() {
        watermarksPlanned = false;
        if (!ended) {
            followers.stream()
                    .filter(follower -> follower.hasUnsentWatermarks(leaderEpoch))
                    .forEach(follower -> follower.heartbeat(leaderEpoch));
        }
    }

    /** Ends the epoch. */
    void end() {
        ended = true;
    }
}
