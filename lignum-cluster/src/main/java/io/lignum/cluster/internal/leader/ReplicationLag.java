package io.lignum.cluster.internal.leader;

import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.peer.Member;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Computes how far the followers are behind in one epoch, from log ends and acknowledgements,
 * independently of what is being sent (R39). A follower without progress in a topic for the lag
 * limit raises an alarm, with the reason if the follower gave one (a full disk, for example). Its
 * stream is restarted, because nothing else might resume it, unless the follower restarts it
 * itself.
 *
 * <p>The leader's loop only.
 */
public final class ReplicationLag {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicationLag.class);

    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private record Lane(Member member, UUID topic) {}

    /** What a follower that is behind has acknowledged, and since when. */
    private record Standstill(long acknowledged, long sinceNanos) {}

    private final NodeContext node;
    private final LeaderEpoch leaderEpoch;
    private final Replicas followers;
    private final Map<Lane, Standstill> behind = new HashMap<>();
    private final Map<Lane, String> alarms = new HashMap<>();
    private long lookedAt;

    public ReplicationLag(NodeContext node, LeaderEpoch leaderEpoch, Replicas followers) {
        this.node = node;
        this.leaderEpoch = leaderEpoch;
        this.followers = followers;
        lookedAt = node.nowNanos();
    }

    /**
     * Number of records, over all topics, that are written here and not acknowledged by the
     * follower.
     */
    public long records(Member member) {
        MemberProgress progress = followers.progress(member);
        long lag = 0;
        for (LeaderTopic topic : leaderEpoch.topics()) {
            long from = Math.max(topic.log().logStartOffset(), progress.acknowledged(topic.id()));
            lag += Math.max(0, topic.log().logEndOffset() - from);
        }
        return lag;
    }

    /** Call this often; it computes once a second. */
    void watch() {
        long now = node.nowNanos();
        if (now - lookedAt < LOOK_EVERY.toNanos()) {
            return;
        }
        lookedAt = now;
        Set<Lane> present = new HashSet<>();
        for (Replica follower : followers.recent()) {
            boolean stuck = false;
            for (LeaderTopic topic : leaderEpoch.topics()) {
                present.add(new Lane(follower.member(), topic.id()));
                stuck |= isStuck(follower, topic, now);
            }
            if (stuck && followers.isPresent(follower) && !follower.isRetrying()) {
                LOG.warn("The stream of {} is restarted", follower.member());
                follower.link().close();
            }
        }
        behind.keySet().retainAll(present);
        alarms.keySet().retainAll(present);
    }

    /** True once for each lag limit in which the follower made no progress. */
    private boolean isStuck(Replica follower, LeaderTopic topic, long now) {
        Member member = follower.member();
        Lane lane = new Lane(member, topic.id());
        long acknowledged = followers.progress(member).acknowledged(topic.id());
        Standstill before = behind.get(lane);
        if (acknowledged >= topic.shipLimit()) {
            behind.remove(lane);
            alarms.remove(lane);
            return false;
        }
        if (before == null || before.acknowledged() != acknowledged) {
            behind.put(lane, new Standstill(acknowledged, now));
            alarms.remove(lane);
            return false;
        }
        if (now - before.sinceNanos() < node.config().lagLimit().toNanos()) {
            return false;
        }
        behind.put(lane, new Standstill(acknowledged, now));
        String text = "topic " + topic.log().name() + ": " + member + " is at offset "
                + acknowledged + " of " + topic.log().logEndOffset()
                + " and made no progress for " + node.config().lagLimit().toSeconds() + " s"
                + follower.failure().map(reason -> "; its reason: " + reason).orElse("");
        alarms.put(lane, text);
        LOG.error("{}", text);
        return true;
    }

    List<String> alarms() {
        return new ArrayList<>(alarms.values());
    }
}
