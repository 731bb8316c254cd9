package io.lignum.cluster.internal.leader;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * What one member acknowledged in one epoch, over all its streams, and since when it makes no
 * progress (R17). For each topic by itself: a follower that is stuck in one of them holds up that
 * one's commits, however well it does in others.
 *
 * <p>Pure; the leader's loop only.
 */
final class MemberProgress {

    private final Map<UUID, Long> acknowledged = new HashMap<>();
    private final Map<UUID, Long> progressAt = new HashMap<>();
    private long presentAt;

    /** @param nowNanos when the leader began to wait for it */
    MemberProgress(long nowNanos) {
        presentAt = nowNanos;
    }

    /** All below is durable there. */
    void acknowledged(UUID topic, long durableEnd, long nowNanos) {
        Long before = acknowledged.get(topic);
        if (before == null || durableEnd > before) {
            acknowledged.put(topic, durableEnd);
            progressAt.put(topic, nowNanos);
        }
    }

    /** As far as it acknowledged a topic; 0 if it did not. */
    long acknowledged(UUID topic) {
        return acknowledged.getOrDefault(topic, 0L);
    }

    /**
     * How long it has been behind in some live topic without durable progress in that one; 0 if it
     * is behind in none. Asked for often, since it takes note of what the member is not behind in.
     *
     * @param present whether it follows at the moment: who starts over again and again makes no
     *     progress by that, and who is away has been so since it left
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

    /** The topic is gone. */
    void dropped(UUID topic) {
        acknowledged.remove(topic);
        progressAt.remove(topic);
    }
}
