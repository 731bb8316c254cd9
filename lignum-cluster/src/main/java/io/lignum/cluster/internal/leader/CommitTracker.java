package io.lignum.cluster.internal.leader;

import io.lignum.cluster.peer.Member;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Computes the high watermark of one live topic in one epoch (R13). Each in-sync replica
 * acknowledges an offset below which all bytes are flushed on its disk. The high watermark is the
 * least of these offsets over the confirmed in-sync replicas and all pending ones, the leader
 * included: until an ISR change is confirmed, either set may be in force, and both must have the
 * record. Only acknowledgements of this epoch by the listed incarnation count; a member without one
 * counts as 0. The high watermark never decreases, and does not move while fewer than
 * {@code quorum} replicas are confirmed.
 *
 * <p>Pure. {@link LeaderTopic} calls it on the node loop for each acknowledgement, each force
 * of the leader's disk and each change of the in-sync replicas.
 */
public final class CommitTracker {

    private final Map<Member, Long> durable = new HashMap<>();
    private final long epochStart;
    private long highWatermark;

    /**
     * Starts an epoch.
     *
     * @param epochStart the leader's log end offset when its epoch began
     * @param highWatermark as known from earlier epochs
     */
    public CommitTracker(long epochStart, long highWatermark) {
        this.epochStart = epochStart;
        this.highWatermark = highWatermark;
    }

    /**
     * Everything below {@code durableEnd} is flushed on this member's disk. A lower value than
     * before is ignored.
     */
    public void acknowledged(Member member, long durableEnd) {
        durable.merge(member, durableEnd, Math::max);
    }

    /** The offset that this member acknowledged in this epoch; 0 if none. */
    public long acknowledgedBy(Member member) {
        return durable.getOrDefault(member, 0L);
    }

    /**
     * Advances the high watermark.
     *
     * @param counted the confirmed and all pending in-sync replicas
     * @param confirmed number of confirmed in-sync replicas
     * @param quorum number of confirmed replicas that the topic requires
     * @return whether it moved
     */
    public boolean advance(Set<Member> counted, int confirmed, int quorum) {
        if (confirmed < quorum) {
            return false;
        }
        long least = Long.MAX_VALUE;
        for (Member member : counted) {
            least = Math.min(least, acknowledgedBy(member));
        }
        if (least == Long.MAX_VALUE || least <= highWatermark) {
            return false;
        }
        highWatermark = least;
        return true;
    }

    public long highWatermark() {
        return highWatermark;
    }

    /**
     * Whether everything from earlier epochs is committed. Before that the leader does not know how
     * far the previous one had committed (R14, KIP-207).
     */
    public boolean hasReachedEpoch() {
        return highWatermark >= epochStart;
    }

    /** Whether a member has everything that an in-sync replica must have (R16). */
    public boolean isInSync(Member member) {
        return acknowledgedBy(member) >= Math.max(highWatermark, epochStart);
    }
}
