package io.lignum.cluster.internal.leader;

import io.lignum.cluster.peer.Member;
import io.lignum.storage.TopicLog;

import org.jspecify.annotations.Nullable;

import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A topic in the hands of its leader, for one epoch. What is committed is counted by the leader's
 * loop; the rest is looked at by any thread. Live and wal topics differ in acknowledgement and pace
 * only, not in how they are shipped (R28).
 */
public final class LeaderTopic {

    /** The part that only live topics have. Replaced when a topic changes its mode. */
    private record Live(CommitTracker tracker, CommitWaiters waiters) {}

    private final TopicLog log;
    private final Member self;
    private final long epochStart;
    private final AtomicBoolean flushSeen = new AtomicBoolean();
    private volatile @Nullable Live live;
    private volatile long walShipLimit;
    private long promised; // the loop's

    /**
     * Leads the log in {@code epoch}, which is durable on this node: appends carry it from here on
     * (R10).
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

    /** Takes over what the topic's settings say about its mode. The loop only. */
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
            before.waiters().end("it is not replicated live any more");
            log.resetHighWatermark(OptionalLong.empty());
        }
    }

    public boolean isLive() {
        return live != null;
    }

    /** Copies demanded before a live append is acknowledged, the leader's included. */
    public int quorum(int minIsr) {
        return (int) Math.max(minIsr, Math.min(log.config().quorumCount(), Integer.MAX_VALUE));
    }

    /** Null for a wal topic. Any thread. */
    @Nullable
    public CommitWaiters waiters() {
        Live now = live;
        return now == null ? null : now.waiters();
    }

    // ---- the loop's

    /** The leader's own disk has more. */
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

    /** Moves the high watermark if it may move, and tells who waits for it. */
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

    /** All that earlier epochs left is committed, or nobody promised that (wal). */
    boolean hasReachedEpoch() {
        Live now = live;
        return now == null || now.tracker().hasReachedEpoch();
    }

    boolean isInSync(Member member) {
        Live now = live;
        return now == null || now.tracker().isInSync(member);
    }

    /**
     * What is below may have been committed, whatever the topic's mode is now: in earlier epochs,
     * as the record that made it live may not be carried out here yet, or one that made it wal not
     * elsewhere; or in this one.
     */
    long promised() {
        return promised;
    }

    /** All that was appended is committed. */
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

    /** What waits for its commit does so no more; the topic goes on. */
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

    /** A round of shipping (R27): followers get what is flushed by now. */
    void shipWal() {
        walShipLimit = log.flushedOffset();
    }

    // ---- any thread

    /** Exclusive end of what followers get at the moment. */
    long shipLimit() {
        return isLive() ? log.logEndOffset() : walShipLimit;
    }

    /** True once until {@link #flushTaken}: whoever gets it tells the loop. */
    boolean claimFlush() {
        return flushSeen.compareAndSet(false, true);
    }

    void flushTaken() {
        flushSeen.set(false);
    }
}
