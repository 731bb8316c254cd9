package io.lignum.cluster.internal.leader;

import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.peer.Member;
import io.lignum.cluster.peer.Message;
import io.lignum.cluster.peer.PeerStream;

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
 * <p>The leader's loop only, but for {@link #feed()}, whose methods say who may call them.
 */
public final class Replica {

    private static final int WATERMARKS_A_MESSAGE = 1_000;
    private static final int MAX_POSTPONED = 20_000;

    private final NodeContext node;
    private final int epoch;
    private final Member member;
    private final PeerStream link;
    private final ReplicationSender feed;
    private final Map<UUID, Long> durable = new HashMap<>();
    private final Map<UUID, Message.LastBatchPosition> postponed = new HashMap<>();
    private final Set<UUID> untold = new HashSet<>();
    private final Optional<String> failure;
    private final long registeredAt;
    private long heardAt;
    private long beat;
    private boolean ended;

    /** @param failure why the follower ended the stream before this one, if it did */
    Replica(NodeContext node, int epoch, Member member, PeerStream link, Optional<String> failure) {
        this.node = node;
        this.epoch = epoch;
        this.member = member;
        this.link = link;
        feed = new ReplicationSender(node, epoch, link, link::close);
        this.failure = failure;
        heardAt = node.nowNanos();
        registeredAt = heardAt;
    }

    public Member member() {
        return member;
    }

    public PeerStream link() {
        return link;
    }

    /** Wakes and room are told by any thread. */
    public ReplicationSender feed() {
        return feed;
    }

    void welcome(Member leader) {
        link.send(new Message.Welcome(epoch, leader));
    }

    /** Of producers of one topic, which are in one message. */
    private static final int MAX_PRODUCERS_BYTES = 1 << 20;

    private static final ByteBuffer NO_PRODUCERS = ByteBuffer.allocate(0);

    /**
     * Where this follower's log parts from the leader's (R19). Until it says that it is done
     * nothing is shipped.
     */
    Message.EpochEndOffset part(LeaderTopic topic, Message.LastBatchPosition position) {
        feed.stop(topic.id());
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
     * Keeps a question about a topic that is not here, or not yet; bounded, as a peer could ask
     * about anything.
     */
    void postpone(Message.LastBatchPosition position) {
        if (postponed.size() < MAX_POSTPONED) {
            postponed.put(position.topic(), position);
        }
    }

    Optional<Message.LastBatchPosition> takePostponed(UUID topic) {
        return Optional.ofNullable(postponed.remove(topic));
    }

    /** The first acknowledgement after a parting says where to ship from. */
    void acknowledged(LeaderTopic topic, Message.Ack ack) {
        heard();
        if (!feed.isOpen(topic.id())) {
            feed.open(topic, ack.endOffset());
            untold.add(topic.id());
        }
        feed.acknowledged(topic.id(), ack.endOffset());
        durable.put(topic.id(), ack.durableEnd());
    }

    public void heard() {
        heardAt = node.nowNanos();
    }

    /** What kept the follower from following when it registered; it said so itself. */
    Optional<String> failure() {
        return failure;
    }

    /**
     * Whether the follower itself begins its streams again, as it cannot keep what comes: another
     * one would change nothing.
     */
    boolean isRetrying() {
        return failure.isPresent()
                && node.nowNanos() - registeredAt < node.config().lagLimit().toNanos();
    }

    public long silentNanos() {
        return node.nowNanos() - heardAt;
    }

    /** Whether live messages wait for it longer than they should. */
    public boolean isLagging() {
        return feed.oldestNanos(node.nowNanos()) > node.config().sendTimeout().toNanos();
    }

    /** Whether this follower has a topic durably up to {@code end}. */
    boolean hasDurably(UUID topic, long end) {
        return durable.getOrDefault(topic, 0L) >= end;
    }

    /** A high watermark moved; the next message tells. */
    void committed(UUID topic) {
        untold.add(topic);
    }

    boolean isUntold() {
        return !untold.isEmpty();
    }

    /** Tells the high watermarks that moved, and asks for a sign of life. */
    void heartbeat(LeaderEpoch leaderEpoch) {
        List<Message.Watermark> moved = new ArrayList<>();
        for (UUID id : untold) {
            LeaderTopic topic = leaderEpoch.topic(id);
            if (topic != null && feed.isOpen(id)) {
                OptionalLong committed =
                        topic.isLive() ? topic.log().highWatermark() : OptionalLong.empty();
                moved.add(new Message.Watermark(id, committed));
            }
        }
        untold.clear();
        int from = 0;
        do {
            int to = Math.min(moved.size(), from + WATERMARKS_A_MESSAGE);
            link.send(new Message.Heartbeat(epoch, ++beat, moved.subList(from, to)));
            from = to;
        } while (from < moved.size());
    }

    void end() {
        if (!ended) {
            ended = true;
            feed.close();
            link.close();
        }
    }
}
