package io.lignum.cluster.internal.leader;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * What one member has acknowledged in one epoch, over all its streams, and for how long it has made
 * no progress (R17). Progress is counted for each topic separately: a follower that makes no
 * progress in one topic delays the commits of that topic, whatever it does in others.
 *
 * <p>Pure; the node loop only.
 */
final class MemberProgress {

    private final Map<UUID, Long> acknowledged = new HashMap<>();
    private final Map<UUID, Long> progressAt = new HashMap<>();
    private long presentAt;

    /** @param nowNanos when the leader began to wait for this member */
    MemberProgress(long nowNanos) {
        presentAt = nowNanos;
    }

    /** Everything below {@code durableEnd} is flushed there. */
    void acknowledged(UUID topic, long durableEnd, long nowNanos) {
        Long before = acknowledged.get(topic);
        if (before == null || durableEnd > before) {
            acknowledged.put(topic, durableEnd);
            progressAt.put(topic, nowNanos);
        }
    }

    /** The offset that it acknowledged in this topic; 0 if none. */
    long acknowledged(UUID topic) {
        return acknowledged.getOrDefault(topic, 0L);
    }

    /**
     * How long the member has been behind in some live topic without durable progress in that
     * topic; 0 if it is behind in none. Must be called often, because it records in which topics
     * the member is not behind.
     *
     * @param present whether the member follows now. A follower that registers again and again
     *     makes no progress by that; one that is away has been stalled since it left
     */
    long stalledNanos(Iterable<LeaderTopic> topics, boolean present, long nowNanos) {
        long longest = 0;
        presentAt = present ? nowNanos : presentAt;
        for (LeaderTopic topic : topics) {
            if (!topic.isLive()) {
                continue;
            }
            UUID id = topic.id();
            if (acknowledged(id) >= topic.log().logEndOffset()) {
                if (present) {
                    progressAt.put(id, nowNanos);
                }
            } else {
                long since = present
                        ? progressAt.computeIfAbsent(id, unseen -> nowNanos)
                        : progressAt.getOrDefault(id, presentAt);
                longest = Math.max(longest, nowNanos - since);
            }
        }
        return longest;
    }

    /** The topic was deleted. */
    void dropped(UUID topic) {
        acknowledged.remove(topic);
        progressAt.remove(topic);
    }
}
