package io.lignum.cluster.internal.leader;

import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.peer.Member;
import io.lignum.cluster.peer.Message;
import io.lignum.cluster.peer.PeerStream;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;

/**
 * A follower as its leader sees it, from its registration to the end of its stream.
 *
 * <p>The node loop only, except {@link #sender()}, whose methods state their threads, and
 * {@link #writable()}.
 */
public final class Replica {

    private static final int WATERMARKS_A_MESSAGE = 1_000;
    private static final int MAX_POSTPONED = 20_000;

    /** Most bytes of producer states of one topic, which are in one message. */
    private static final int MAX_PRODUCERS_BYTES = 1 << 20;

    private static final ByteBuffer NO_PRODUCERS = ByteBuffer.allocate(0);

    private final NodeContext context;
    private final int epoch;
    private final Member member;
    private final PeerStream stream;
    private final ReplicationSender sender;
    private final Map<UUID, Long> durable = new HashMap<>();
    private final Map<UUID, Message.LastBatchPosition> postponed = new HashMap<>();
    private final Set<UUID> unsentWatermarks = new HashSet<>();
    private final Optional<String> failure;
    private final long registeredAt;
    private long heardAt;
    private long beat;
    private boolean ended;

    /** @param failure why the follower ended its previous stream, if it did */
    Replica(
            NodeContext context,
            int epoch,
            Member member,
            PeerStream stream,
            Optional<String> failure) {
        this.context = context;
        this.epoch = epoch;
        this.member = member;
        this.stream = stream;
        sender = new ReplicationSender(context, epoch, stream, stream::close);
        this.failure = failure;
        heardAt = context.nowNanos();
        registeredAt = heardAt;
    }

    public Member member() {
        return member;
    }

    PeerStream stream() {
        return stream;
    }

    /** Sends batches to this follower. */
    ReplicationSender sender() {
        return sender;
    }

    /** The stream accepts messages again. Any thread. */
    public void writable() {
        sender.resume();
    }

    void welcome(Member leader) {
        stream.send(new Message.Welcome(epoch, leader));
    }

    /**
     * Answers where the follower's log diverges from the leader's (R19). Nothing is shipped until
     * the follower reports the end of the reconciliation.
     */
    Message.EpochEndOffset epochEndFor(LeaderTopic topic, Message.LastBatchPosition position) {
        sender.stop(topic.id());
        durable.remove(topic.id());
        var found = topic.log().epochEnd(position.lastEpoch().orElse(0));
        boolean none = found.endOffset() == 0 || position.lastEpoch().isEmpty();
        long first = topic.log().firstStoredOffset();
        boolean starts = first > 0 && (none || position.endOffset() < first);
        return new Message.EpochEndOffset(
                topic.id(),
                position.request(),
                none ? OptionalInt.empty() : OptionalInt.of(found.epoch()),
                none ? topic.log().logEndOffset() : found.endOffset(),
                first,
                topic.log().logStartOffset(),
                starts ? topic.log().producersBelow(first, MAX_PRODUCERS_BYTES) : NO_PRODUCERS);
    }

    /**
     * Keeps a request about a topic that does not exist here yet. The number is bounded, because a
     * peer could ask about any topic.
     */
    void postpone(Message.LastBatchPosition position) {
        if (postponed.size() < MAX_POSTPONED) {
            postponed.put(position.topic(), position);
        }
    }

    Optional<Message.LastBatchPosition> takePostponed(UUID topic) {
        return Optional.ofNullable(postponed.remove(topic));
    }

    /** The first acknowledgement after a reconciliation is the offset to ship from. */
    void acknowledged(LeaderTopic topic, Message.Ack ack) {
        heard();
        if (!sender.isOpen(topic.id())) {
            sender.open(topic, ack.endOffset());
            unsentWatermarks.add(topic.id());
        }
        sender.acknowledged(topic.id(), ack.endOffset());
        durable.put(topic.id(), ack.durableEnd());
    }

    public void heard() {
        heardAt = context.nowNanos();
    }

    /** Why the follower could not follow when it registered, in its own words. */
    Optional<String> failure() {
        return failure;
    }

    /**
     * Whether the follower itself restarts its stream again and again, because it cannot store what
     * it gets. Another restart by the leader would change nothing.
     */
    boolean isRetrying() {
        return failure.isPresent()
                && context.nowNanos() - registeredAt
                        < context.config().lagLimit().toNanos();
    }

    public long silentNanos() {
        return context.nowNanos() - heardAt;
    }

    /** Whether live messages wait for its acknowledgement longer than they should. */
    public boolean isLagging() {
        return sender.oldestNanos(context.nowNanos())
                > context.config().sendTimeout().toNanos();
    }

    /** Whether this follower has flushed a topic up to {@code end}. */
    boolean hasDurably(UUID topic, long end) {
        return durable.getOrDefault(topic, 0L) >= end;
    }

    /** The high watermark of a topic has advanced; the next message carries it. */
    void committed(UUID topic) {
        unsentWatermarks.add(topic);
    }

    /** Whether a high watermark has advanced that no batch has carried since. */
    boolean hasUnsentWatermarks(LeaderEpoch leaderEpoch) {
        unsentWatermarks.removeIf(id -> isSent(leaderEpoch.topic(id)));
        return !unsentWatermarks.isEmpty();
    }

    private boolean isSent(@Nullable LeaderTopic topic) {
        if (topic == null || !topic.isLive()) {
            return false;
        }
        OptionalLong committed = topic.log().highWatermark();
        return committed.isPresent() && sender.hasSent(topic, committed.getAsLong());
    }

    /** Sends the high watermarks that have advanced, and asks for an answer. */
    void heartbeat(LeaderEpoch leaderEpoch) {
        List<Message.Watermark> moved = new ArrayList<>();
        for (UUID id : unsentWatermarks) {
            LeaderTopic topic = leaderEpoch.topic(id);
            if (topic != null && sender.isOpen(id)) {
                OptionalLong committed =
                        topic.isLive() ? topic.log().highWatermark() : OptionalLong.empty();
                moved.add(new Message.Watermark(id, committed));
            }
        }
        unsentWatermarks.clear();
        int from = 0;
        do {
            int to = Math.min(moved.size(), from + WATERMARKS_A_MESSAGE);
            stream.send(new Message.Heartbeat(epoch, ++beat, moved.subList(from, to)));
            from = to;
        } while (from < moved.size());
    }

    void end() {
        if (!ended) {
            ended = true;
            sender.close();
            stream.close();
        }
    }
}
