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
 * <p>The node loop only.
 */
public final class ReplicationLag {

    private static final Logger LOG = LoggerFactory.getLogger(ReplicationLag.class);

    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);

    /** A topic of one follower. */
    private record TopicOfFollower(Member member, UUID topic) {}

    /** What a follower that is behind has acknowledged, and since when. */
    private record Standstill(long acknowledged, long sinceNanos) {}

    private final NodeContext context;
    private final LeaderEpoch leaderEpoch;
    private final Replicas followers;
    private final Map<TopicOfFollower, Standstill> behind = new HashMap<>();
    private final Map<TopicOfFollower, String> alarms = new HashMap<>();
    private long checkedAt;

    public ReplicationLag(NodeContext context, LeaderEpoch leaderEpoch, Replicas followers) {
        this.context = context;
        this.leaderEpoch = leaderEpoch;
        this.followers = followers;
        checkedAt = context.nowNanos();
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
        long now = context.nowNanos();
        if (now - checkedAt < CHECK_INTERVAL.toNanos()) {
            return;
        }
        checkedAt = now;
        Set<TopicOfFollower> present = new HashSet<>();
        for (Replica follower : followers.recent()) {
            boolean stuck = false;
            for (LeaderTopic topic : leaderEpoch.topics()) {
                present.add(new TopicOfFollower(follower.member(), topic.id()));
                stuck |= isStuck(follower, topic, now);
            }
            if (stuck && followers.isPresent(follower) && !follower.isRetrying()) {
                LOG.warn("The stream of {} is restarted", follower.member());
                follower.stream().close();
            }
        }
        behind.keySet().retainAll(present);
        alarms.keySet().retainAll(present);
    }

    /** True once for each lag limit in which the follower made no progress. */
    private boolean isStuck(Replica follower, LeaderTopic topic, long now) {
        Member member = follower.member();
        TopicOfFollower key = new TopicOfFollower(member, topic.id());
        long acknowledged = followers.progress(member).acknowledged(topic.id());
        Standstill before = behind.get(key);
        if (acknowledged >= topic.shipLimit()) {
            behind.remove(key);
            alarms.remove(key);
            return false;
        }
        if (before == null || before.acknowledged() != acknowledged) {
            behind.put(key, new Standstill(acknowledged, now));
            alarms.remove(key);
            return false;
        }
        if (now - before.sinceNanos() < context.config().lagLimit().toNanos()) {
            return false;
        }
        behind.put(key, new Standstill(acknowledged, now));
        String text = "topic " + topic.log().name() + ": " + member + " is at offset "
                + acknowledged + " of " + topic.log().logEndOffset()
                + " and made no progress for " + context.config().lagLimit().toSeconds() + " s"
                + follower.failure().map(reason -> "; its reason: " + reason).orElse("");
        alarms.put(key, text);
        LOG.error("{}", text);
        return true;
    }

    List<String> alarms() {
        return new ArrayList<>(alarms.values());
    }
}
