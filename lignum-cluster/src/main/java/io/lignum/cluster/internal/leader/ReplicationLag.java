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
 * How far followers are behind their leader in one epoch, from the ends of the logs and what was
 * acknowledged, whatever is being sent (R39). A follower that makes no progress in a topic for the
 * lag limit is an alarm, which names the reason if the follower gave one, a full disk for instance.
 * Its stream begins again, as nothing else may be left that would go on with it, unless the
 * follower itself does that again and again.
 *
 * <p>The leader's loop only.
 */
public final class ReplicationLag {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicationLag.class);

    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private record Lane(Member member, UUID topic) {}

    /** What a follower that is behind had acknowledged, and since when it is that much. */
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

    /** Records that are written here and not acknowledged by the follower, over all topics. */
    public long records(Member member) {
        MemberProgress progress = followers.progress(member);
        long lag = 0;
        for (LeaderTopic topic : leaderEpoch.topics()) {
            long from = Math.max(topic.log().logStartOffset(), progress.acknowledged(topic.id()));
            lag += Math.max(0, topic.log().logEndOffset() - from);
        }
        return lag;
    }

    /** To be called often; it looks every second. */
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
                LOG.warn("The stream of {} begins again", follower.member());
                follower.link().close();
            }
        }
        behind.keySet().retainAll(present);
        alarms.keySet().retainAll(present);
    }

    /** True once each time that the follower made no progress for the limit. */
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
                + follower.failure().map(reason -> "; it says: " + reason).orElse("");
        alarms.put(lane, text);
        LOG.error("{}", text);
        return true;
    }

    List<String> alarms() {
        return new ArrayList<>(alarms.values());
    }
}
