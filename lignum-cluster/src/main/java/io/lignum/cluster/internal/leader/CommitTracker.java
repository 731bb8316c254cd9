package io.lignum.cluster.internal.leader;

import io.lignum.cluster.peer.Member;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * How far one live topic is committed, as its leader counts it in one epoch (R13): the least
 * durable offset over the confirmed and all pending in-sync replicas, each as acknowledged in this
 * epoch by that very incarnation.
 *
 * <p>Pure; the leader's loop only.
 */
public final class CommitTracker {

    private final Map<Member, Long> durable = new HashMap<>();
    private final long epochStart;
    private long highWatermark;

    /**
     * Starts an epoch.
     *
     * @param epochStart where the leader's log ended when its epoch began
     * @param highWatermark as far as known from before
     */
    public CommitTracker(long epochStart, long highWatermark) {
        this.epochStart = epochStart;
        this.highWatermark = highWatermark;
    }

    /** All below is durable with this member. What it said before stays if it was more. */
    public void acknowledged(Member member, long durableEnd) {
        durable.merge(member, durableEnd, Math::max);
    }

    /** What this member acknowledged in this epoch; 0 if nothing. */
    public long acknowledgedBy(Member member) {
        return durable.getOrDefault(member, 0L);
    }

    /**
     * Moves the high watermark as far as it may go.
     *
     * @param counted the confirmed and all pending in-sync replicas
     * @param confirmed how many are confirmed
     * @param quorum how many must be for this topic
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
     * Whether what earlier epochs left is committed: only now is the log's end known for sure (R14,
     * KIP-207).
     */
    public boolean hasReachedEpoch() {
        return highWatermark >= epochStart;
    }

    /** Whether a member has all that an in-sync replica must have (R16). */
    public boolean isInSync(Member member) {
        return acknowledgedBy(member) >= Math.max(highWatermark, epochStart);
    }
}
