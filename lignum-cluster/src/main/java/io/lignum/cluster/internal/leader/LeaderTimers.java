package io.lignum.cluster.internal.leader;

import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.storage.TopicLog;

import java.time.Duration;
import java.util.Collection;

/**
 * What followers are told by the clock, whatever is appended meanwhile: heartbeats, the high
 * watermarks that no append carried (R14), and what is flushed in wal topics (R27). For one epoch.
 *
 * <p>The leader's loop only.
 */
public final class LeaderTimers {

    private static final Duration WATERMARK_DELAY = Duration.ofMillis(2);

    private final NodeContext node;
    private final LeaderEpoch leaderEpoch;
    private final Collection<Replica> followers;
    private boolean watermarksPlanned;
    private boolean ended;

    /** @param followers those of the moment: a view, not a copy */
    public LeaderTimers(NodeContext node, LeaderEpoch leaderEpoch, Collection<Replica> followers) {
        this.node = node;
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
            node.later(node.config().heartbeat(), this::heartbeat);
        }
    }

    private void shipWal() {
        if (!ended) {
            shipWalNow();
            node.later(node.config().walSyncInterval(), this::shipWal);
        }
    }

    /** Followers get all that is flushed in wal topics. */
    public void shipWalNow() {
        leaderEpoch.topics().forEach(topic -> shipNow(topic.log()));
    }

    /** Followers get what is flushed of a wal topic, as somebody wants to read it there. */
    public void shipNow(TopicLog log) {
        LeaderTopic topic = leaderEpoch.topic(log);
        if (topic == null || topic.isLive()) {
            return;
        }
        if (log.flushedOffset() < log.logEndOffset()) { // A topic that is not forced by itself.
            node.onLoop(log.admin().flush(), (done, failure) -> ship(topic));
        } else {
            ship(topic);
        }
    }

    private void ship(LeaderTopic topic) {
        topic.shipWal();
        followers.forEach(follower -> follower.feed().wake(topic));
    }

    /**
     * A high watermark moved. An append that follows at once carries it as well; wait a little for
     * it.
     */
    void committed(LeaderTopic topic) {
        followers.forEach(follower -> follower.committed(topic.id()));
        if (!watermarksPlanned && !followers.isEmpty()) {
            watermarksPlanned = true;
            node.later(WATERMARK_DELAY, this::tellWatermarks);
        }
    }

    private void tellWatermarks() {
        watermarksPlanned = false;
        if (!ended) {
            followers.stream()
                    .filter(Replica::isUntold)
                    .forEach(follower -> follower.heartbeat(leaderEpoch));
        }
    }

    /** The epoch is over. */
    void end() {
        ended = true;
    }
}
