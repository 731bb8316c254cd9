package io.lignum.cluster.internal.leader;

import io.lignum.storage.Durability;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Detects a leader's disk that accepts writes but does not finish a force. Such a node answers its
 * peers and the coordinator, but completes no append. The node loop only.
 */
public final class DiskWatch {

    private record Since(long flushed, long nanos) {}

    private final Duration limit;
    private final Map<UUID, Since> waiting = new HashMap<>();

    /** @param limit longest time that a force may take */
    public DiskWatch(Duration limit) {
        this.limit = limit;
    }

    /** Whether a topic's appends have waited for a force for longer than the limit. */
    public boolean isStalled(Iterable<LeaderTopic> topics, long nowNanos) {
        boolean stalled = false;
        for (LeaderTopic topic : topics) {
            long flushed = topic.log().flushedOffset();
            if (!isForced(topic) || flushed >= topic.log().logEndOffset()) {
                waiting.remove(topic.id());
                continue;
            }
            Since since = waiting.get(topic.id());
            if (since == null || since.flushed() != flushed) {
                waiting.put(topic.id(), new Since(flushed, nowNanos));
            } else {
                stalled |= nowNanos - since.nanos() > limit.toNanos();
            }
        }
        return stalled;
    }

    private static boolean isForced(LeaderTopic topic) {
        return topic.isLive() || topic.log().config().durability() == Durability.ALWAYS;
    }
}
