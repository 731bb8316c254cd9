package io.lignum.cluster.internal.leader;

import io.lignum.cluster.peer.Member;
import io.lignum.storage.TopicLog;

import org.jspecify.annotations.Nullable;

import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A topic that this node leads, for one epoch. The node loop computes what is committed; other
 * methods are for any thread. Live and {@code wal} topics differ in acknowledgement and pace only,
 * not in how they are shipped (R28).
 */
public final class LeaderTopic {

    /** The parts of a live topic. Replaced when a topic changes its mode. */
    private record Live(CommitTracker tracker, CommitWaiters waiters) {}

    private final TopicLog log;
    private final Member self;
    private final long epochStart;
    private final AtomicBoolean flushSeen = new AtomicBoolean();
    private volatile @Nullable Live live;
    private volatile long walShipLimit;
    private long promised; // the node loop only

    /**
     * Leads the log in {@code epoch}, which is durable on this node; appends carry this epoch from
     * now on (R10).
     */
    public LeaderTopic(TopicLog log, Member self, int epoch) {
        this.log = log;
        this.self = self;
        epochStart = log.lead(epoch);
        promised = epochStart;
        configure();
    }

    public TopicLog log() {
        return log;
    }

    public UUID id() {
        return log.id();
    }

    long epochStart() {
        return epochStart;
    }

    /** Applies the mode in the topic's settings. The node loop only. */
    void configure() {
        Live before = live;
        if (log.config().live() == (before != null)) {
            return;
        }
        if (before == null) {
            long known = log.highWatermark().orElse(0);
            log.resetHighWatermark(OptionalLong.of(known));
            live = new Live(
                    new CommitTracker(epochStart, known), new CommitWaiters(log.name(), known));
            flushed();
        } else {
            live = null;
            promised = Math.max(promised, before.tracker().highWatermark());
            shipWal();
            before.waiters().end("the topic is not live any more");
            log.resetHighWatermark(OptionalLong.empty());
        }
    }

    public boolean isLive() {
        return live != null;
    }

    /** Number of replicas required before a live append is acknowledged, the leader included. */
    public int quorum(int minIsr) {
        return (int) Math.max(minIsr, Math.min(log.config().quorumCount(), Integer.MAX_VALUE));
    }

    /** Null for a wal topic. Any thread. */
    @Nullable
    public CommitWaiters waiters() {
        Live now = live;
        return now == null ? null : now.waiters();
    }

    // ---- the node loop only

    /** The leader's log was forced. */
    void flushed() {
        Live now = live;
        if (now != null) {
            now.tracker().acknowledged(self, log.flushedOffset());
        }
    }

    void acknowledged(Member member, long durableEnd) {
        Live now = live;
        if (now != null) {
            now.tracker().acknowledged(member, durableEnd);
        }
    }

    /** Advances the high watermark if possible, and completes the appends that it has passed. */
    boolean advance(Set<Member> counted, int confirmed, int minIsr) {
        Live now = live;
        if (now == null || !now.tracker().advance(counted, confirmed, quorum(minIsr))) {
            return false;
        }
        long committed = now.tracker().highWatermark();
        log.advanceHighWatermark(committed);
        now.waiters().committed(committed);
        return true;
    }

    /** Whether everything from earlier epochs is committed. Always true for a {@code wal} topic. */
    boolean hasReachedEpoch() {
        Live now = live;
        return now == null || now.tracker().hasReachedEpoch();
    }

    boolean isInSync(Member member) {
        Live now = live;
        return now == null || now.tracker().isInSync(member);
    }

    /**
     * Exclusive end of what may have been committed, in an earlier epoch or in this one, whatever
     * the topic's mode is now. The mode alone does not say: a record that makes the topic live may
     * not be applied on this node yet, and one that makes it {@code wal} not on others.
     */
    long promised() {
        return promised;
    }

    /** Whether everything appended is committed. */
    boolean isQuiet() {
        Live now = live;
        return now == null || now.tracker().highWatermark() >= log.logEndOffset();
    }

    void expire(long nowNanos) {
        Live now = live;
        if (now != null) {
            now.waiters().expire(nowNanos);
        }
    }

    /** Ends waiting appends with UNKNOWN; the topic continues. */
    void giveUp(String why) {
        Live now = live;
        if (now != null) {
            now.waiters().giveUp(why);
        }
    }

    void end(String why) {
        Live now = live;
        if (now != null) {
            now.waiters().end(why);
        }
    }

    /** Lets followers get what is flushed by now (R27). */
    void shipWal() {
        walShipLimit = log.flushedOffset();
    }

    // ---- any thread

    /**
     * Identifies the time since the topic last became live, when its high watermark restarted. Null
     * for a {@code wal} topic.
     */
    @Nullable
    Object livePhase() {
        return live;
    }

    /** Exclusive end of what may be shipped now. */
    long shipLimit() {
        return isLive() ? log.logEndOffset() : walShipLimit;
    }

    /** True for one caller until {@link #flushTaken}; that caller notifies the loop. */
    boolean claimFlush() {
        return flushSeen.compareAndSet(false, true);
    }

    void flushTaken() {
        flushSeen.set(false);
    }
}
