package io.lignum.cluster.internal.leader;

import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.peer.Member;
import io.lignum.cluster.peer.Message;
import io.lignum.cluster.peer.PeerStream;
import io.lignum.storage.WrittenBatches;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The followers of one epoch: accepts nodes that register, answers where their logs diverge (R19),
 * and records what they acknowledge.
 *
 * <p>The node loop only, except {@link #written}.
 */
public final class Replicas {

    private static final Logger LOG = LoggerFactory.getLogger(Replicas.class);

    private static final long MAX_WAITING_BYTES = 8 << 20;

    /** Notified on the node loop. */
    interface Listener {
        /** A follower is at a higher epoch. */
        void deposed(int higherEpoch, String why);

        /** A follower has flushed more of the topic. */
        void acknowledged(LeaderTopic topic);

        /** A problem that an operator must see. */
        void alarm(String text);
    }

    private final NodeContext context;
    private final UUID clusterId;
    private final LeaderEpoch leaderEpoch;
    private final Listener listener;
    private final TreeMap<String, Replica> followers = new TreeMap<>();
    private final Map<Member, Replica> latest = new LinkedHashMap<>();
    private final Map<Member, MemberProgress> progress = new HashMap<>();
    private final long startedAt;
    private volatile Replica[] current = {}; // for the threads that write

    /** Of copies that wait for the loop to be sent. */
    private final AtomicLong waitingBytes = new AtomicLong();

    /** Starts without followers. */
    Replicas(NodeContext context, UUID clusterId, LeaderEpoch leaderEpoch, Listener listener) {
        this.context = context;
        this.clusterId = clusterId;
        this.leaderEpoch = leaderEpoch;
        this.listener = listener;
        startedAt = context.nowNanos();
    }

    /** The current followers: a view, not a copy. */
    Collection<Replica> all() {
        return Collections.unmodifiableCollection(followers.values());
    }

    /**
     * The current followers, and those that followed within the lag limit: one that cannot store
     * what it gets registers again and again.
     */
    List<Replica> recent() {
        long limit = context.config().lagLimit().toNanos();
        return latest.values().stream()
                .filter(handle -> isPresent(handle) || handle.silentNanos() < limit)
                .toList();
    }

    /** Whether {@code handle} is the follower's current stream. */
    boolean isPresent(Replica handle) {
        return followers.get(handle.member().nodeId()) == handle;
    }

    public Set<String> ids() {
        return followers.keySet();
    }

    public Optional<Replica> find(String nodeId) {
        return Optional.ofNullable(followers.get(nodeId));
    }

    /** The member's progress in this epoch, whether or not it follows now. */
    MemberProgress progress(Member member) {
        return progress.computeIfAbsent(member, unseen -> new MemberProgress(startedAt));
    }

    /** A node registers as a follower. */
    public Optional<Replica> register(PeerStream stream, Message.Register request) {
        Member who = request.follower();
        if (!request.clusterId().equals(clusterId)) {
            refuse(stream, Message.Refused.Reason.WRONG_CLUSTER, "this is cluster " + clusterId);
            return Optional.empty();
        }
        if (request.epoch() != leaderEpoch.epoch()
                || who.nodeId().equals(leaderEpoch.leader().nodeId())) {
            refuse(
                    stream,
                    Message.Refused.Reason.NOT_LEADER,
                    "this node leads epoch " + leaderEpoch.epoch());
            if (request.epoch() > leaderEpoch.epoch()) {
                listener.deposed(request.epoch(), who + " is at epoch " + request.epoch());
            } else if (who.nodeId().equals(leaderEpoch.leader().nodeId())) {
                LOG.error("another node calls itself {}, too, at {}", who.nodeId(), stream.peer());
            }
            return Optional.empty();
        }
        Replica before = followers.remove(who.nodeId());
        if (before != null) {
            before.end();
        }
        Replica handle = new Replica(context, leaderEpoch.epoch(), who, stream, request.failure());
        followers.put(who.nodeId(), handle);
        latest.put(who, handle);
        publish();
        LOG.info("{} follows, from {}", who, stream.peer());
        handle.welcome(leaderEpoch.leader());
        return Optional.of(handle);
    }

    private void refuse(PeerStream stream, Message.Refused.Reason reason, String text) {
        stream.send(new Message.Refused(leaderEpoch.epoch(), reason, text));
        stream.close();
    }

    /** A follower asks where its logs diverge. */
    public void positions(Replica from, Message.LastBatchPositions message) {
        from.heard();
        List<Message.EpochEndOffset> offsets = new ArrayList<>();
        for (Message.LastBatchPosition position : message.positions()) {
            LeaderTopic topic = leaderEpoch.topic(position.topic());
            if (topic == null) {
                from.postpone(position); // Deleted; or the follower has applied its creation first.
                continue;
            }
            long acknowledgedEnd = progress(from.member()).acknowledged(topic.id());
            if (position.endOffset() < acknowledgedEnd) {
                dataLost(from, topic, position.endOffset(), acknowledgedEnd);
                return;
            }
            Message.EpochEndOffset epochEnd = from.epochEndFor(topic, position);
            if (epochEnd.producers().hasRemaining()) {
                send(from, List.of(epochEnd)); // It may be large, so it is in a message of its own.
            } else {
                offsets.add(epochEnd);
            }
        }
        if (!offsets.isEmpty()) {
            send(from, offsets);
        }
    }

    private void send(Replica to, List<Message.EpochEndOffset> offsets) {
        to.stream().send(new Message.EpochEndOffsets(leaderEpoch.epoch(), offsets));
    }

    private void dataLost(Replica from, LeaderTopic topic, long end, long acknowledgedEnd) {
        String text =
                "topic " + topic.log().name() + " ends at offset " + end + ", but " + from.member()
                        + " acknowledged " + acknowledgedEnd + " in epoch " + leaderEpoch.epoch();
        listener.alarm(from.member() + " lost data: " + text);
        forget(from);
        refuse(from.stream(), Message.Refused.Reason.DATA_LOST, text);
        from.end();
    }

    /** A follower acknowledges. */
    public void acks(Replica from, Message.Acks message) {
        if (followers.get(from.member().nodeId()) != from) {
            return;
        }
        for (Message.Ack ack : message.acks()) {
            LeaderTopic topic = leaderEpoch.topic(ack.topic());
            if (topic != null) {
                from.acknowledged(topic, ack);
                progress(from.member())
                        .acknowledged(topic.id(), ack.durableEnd(), context.nowNanos());
                topic.acknowledged(from.member(), ack.durableEnd());
                listener.acknowledged(topic);
            }
        }
    }

    /** A follower's stream has ended. */
    public void closed(Replica follower) {
        follower.end();
        if (forget(follower)) {
            LOG.info("{} has stopped following", follower.member());
        }
    }

    private boolean forget(Replica follower) {
        boolean known = followers.remove(follower.member().nodeId(), follower);
        if (known) {
            publish();
        }
        return known;
    }

    private void publish() {
        current = followers.values().toArray(new Replica[0]);
    }

    /** This topic is led from now on: answers earlier requests about it. */
    void leads(UUID topic) {
        for (Replica follower : List.copyOf(followers.values())) {
            follower.takePostponed(topic)
                    .ifPresent(position -> positions(
                            follower,
                            new Message.LastBatchPositions(
                                    leaderEpoch.epoch(), List.of(position))));
        }
    }

    /** A topic's settings have changed, perhaps its mode. */
    void configured(LeaderTopic topic) {
        for (Replica follower : followers.values()) {
            replay(follower.member(), topic);
            follower.committed(topic.id());
            follower.sender().wake(topic);
        }
    }

    /**
     * Acknowledgements from before the topic became live count now, since they are of this epoch.
     */
    private void replay(Member member, LeaderTopic topic) {
        topic.acknowledged(member, progress(member).acknowledged(topic.id()));
    }

    /** A topic is not led any more. */
    void dropped(UUID topic) {
        followers.values().forEach(follower -> follower.sender().stop(topic));
        progress.values().forEach(member -> member.dropped(topic));
    }

    /**
     * Ships what was just written (R11). Followers that have got everything before it are sent one
     * copy from memory, others are served from the file; so are all while many copies wait for the
     * loop. Any thread; does not block.
     */
    void written(LeaderTopic topic, WrittenBatches batches) {
        long base = batches.baseOffset();
        long end = batches.endOffset();
        int size = batches.sizeInBytes();
        boolean fits = size <= ReplicationReader.MAX_BYTES
                && waitingBytes.get() + size <= MAX_WAITING_BYTES;
        boolean offered = false;
        for (Replica follower : current) {
            if (fits && follower.sender().offer(topic, base, end)) {
                offered = true;
            } else {
                follower.sender().wake(topic);
            }
        }
        if (offered) {
            ByteBuffer copy = batches.copy();
            waitingBytes.addAndGet(size);
            context.onLoop(() -> push(topic, base, end, copy));
        }
    }

    private void push(LeaderTopic topic, long base, long end, ByteBuffer copy) {
        waitingBytes.addAndGet(-copy.remaining());
        for (Replica follower : all()) {
            follower.sender().push(topic, base, end, copy.duplicate());
        }
    }

    /** Ends the epoch for this node. */
    void end() {
        new ArrayList<>(followers.values()).forEach(Replica::end);
        followers.clear();
        publish();
    }
}
