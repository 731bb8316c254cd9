package io.lignum.cluster.internal.leader;

import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.peer.Member;
import io.lignum.cluster.peer.Message;
import io.lignum.cluster.peer.PeerStream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

/**
 * Who follows a leader in its epoch: it takes nodes that register, tells them where their logs part
 * (R19), and keeps what they acknowledge.
 *
 * <p>The leader's loop only, but for {@link #wake}.
 */
public final class Replicas {

    private static final Logger LOG = LoggerFactory.getLogger(Replicas.class);

    /** What they tell their leader. */
    interface Listener {
        /** One of them is at a higher epoch. */
        void deposed(int higherEpoch, String why);

        /** One of them has more of the topic, durably. */
        void acknowledged(LeaderTopic topic);

        /** An operator has to look at it. */
        void alarm(String text);
    }

    private final NodeContext node;
    private final Member self;
    private final UUID clusterId;
    private final LeaderEpoch leaderEpoch;
    private final Listener listener;
    private final TreeMap<String, Replica> followers = new TreeMap<>();
    private final Map<Member, Replica> latest = new LinkedHashMap<>();
    private final Map<Member, MemberProgress> progress = new HashMap<>();
    private final long startedAt;
    private volatile Replica[] feeding = {};

    /** Nobody follows yet. */
    public Replicas(
            NodeContext node,
            Member self,
            UUID clusterId,
            LeaderEpoch leaderEpoch,
            Listener listener) {
        this.node = node;
        this.self = self;
        this.clusterId = clusterId;
        this.leaderEpoch = leaderEpoch;
        this.listener = listener;
        startedAt = node.nowNanos();
    }

    /** Those of the moment: a view, not a copy. */
    Collection<Replica> all() {
        return Collections.unmodifiableCollection(followers.values());
    }

    /**
     * As above, and those that were there within the lag limit: one that cannot keep what comes
     * registers again and again.
     */
    List<Replica> recent() {
        long limit = node.config().lagLimit().toNanos();
        return latest.values().stream()
                .filter(handle -> isPresent(handle) || handle.silentNanos() < limit)
                .toList();
    }

    /** Whether this stream of the follower is the one of now. */
    boolean isPresent(Replica handle) {
        return followers.get(handle.member().nodeId()) == handle;
    }

    public Set<String> ids() {
        return followers.keySet();
    }

    public Optional<Replica> find(String nodeId) {
        return Optional.ofNullable(followers.get(nodeId));
    }

    /** Of this epoch, whether or not the member follows at the moment. */
    MemberProgress progress(Member member) {
        return progress.computeIfAbsent(member, unseen -> new MemberProgress(startedAt));
    }

    /** A node asks to follow. */
    public Optional<Replica> register(PeerStream link, Message.Register request) {
        Member who = request.follower();
        if (!request.clusterId().equals(clusterId)) {
            refuse(link, Message.Refused.Reason.WRONG_CLUSTER, "this is cluster " + clusterId);
            return Optional.empty();
        }
        if (request.epoch() != leaderEpoch.epoch() || who.nodeId().equals(self.nodeId())) {
            refuse(
                    link,
                    Message.Refused.Reason.NOT_LEADER,
                    "this node leads epoch " + leaderEpoch.epoch());
            if (request.epoch() > leaderEpoch.epoch()) {
                listener.deposed(request.epoch(), who + " is at epoch " + request.epoch());
            } else if (who.nodeId().equals(self.nodeId())) {
                LOG.error("another node calls itself {}, too, at {}", who.nodeId(), link.peer());
            }
            return Optional.empty();
        }
        Replica before = followers.remove(who.nodeId());
        if (before != null) {
            before.end();
        }
        Replica handle = new Replica(node, leaderEpoch.epoch(), who, link, request.failure());
        followers.put(who.nodeId(), handle);
        latest.put(who, handle);
        publishFeeds();
        LOG.info("{} follows, from {}", who, link.peer());
        handle.welcome(self);
        return Optional.of(handle);
    }

    private void refuse(PeerStream link, Message.Refused.Reason reason, String text) {
        link.send(new Message.Refused(leaderEpoch.epoch(), reason, text));
        link.close();
    }

    /** A follower asks where its logs part. */
    public void positions(Replica from, Message.LastBatchPositions message) {
        from.heard();
        List<Message.EpochEndOffset> partings = new ArrayList<>();
        for (Message.LastBatchPosition position : message.positions()) {
            LeaderTopic topic = leaderEpoch.topic(position.topic());
            if (topic == null) {
                from.postpone(position); // Deleted; or the follower was quicker to carry out its
                // creation.
                continue;
            }
            long acknowledgedEnd = progress(from.member()).acknowledged(topic.id());
            if (position.endOffset() < acknowledgedEnd) {
                dataLost(from, topic, position.endOffset(), acknowledgedEnd);
                return;
            }
            Message.EpochEndOffset epochEnd = from.part(topic, position);
            if (epochEnd.producers().hasRemaining()) {
                send(from, List.of(epochEnd)); // It may be large: alone.
            } else {
                partings.add(epochEnd);
            }
        }
        if (!partings.isEmpty()) {
            send(from, partings);
        }
    }

    private void send(Replica to, List<Message.EpochEndOffset> partings) {
        to.link().send(new Message.EpochEndOffsets(leaderEpoch.epoch(), partings));
    }

    private void dataLost(Replica from, LeaderTopic topic, long end, long acknowledgedEnd) {
        String text =
                "topic " + topic.log().name() + " ends at offset " + end + ", but " + from.member()
                        + " acknowledged " + acknowledgedEnd + " in epoch " + leaderEpoch.epoch();
        listener.alarm(from.member() + " lost data: " + text);
        forget(from);
        refuse(from.link(), Message.Refused.Reason.DATA_LOST, text);
        from.end();
    }

    /** A follower says what it has. */
    public void acks(Replica from, Message.Acks message) {
        if (followers.get(from.member().nodeId()) != from) {
            return;
        }
        for (Message.Ack ack : message.acks()) {
            LeaderTopic topic = leaderEpoch.topic(ack.topic());
            if (topic != null) {
                from.acknowledged(topic, ack);
                progress(from.member()).acknowledged(topic.id(), ack.durableEnd(), node.nowNanos());
                topic.acknowledged(from.member(), ack.durableEnd());
                listener.acknowledged(topic);
            }
        }
    }

    /** A follower's stream ended. */
    public void gone(Replica follower) {
        follower.end();
        if (forget(follower)) {
            LOG.info("{} does not follow any more", follower.member());
        }
    }

    private boolean forget(Replica follower) {
        boolean known = followers.remove(follower.member().nodeId(), follower);
        if (known) {
            publishFeeds();
        }
        return known;
    }

    private void publishFeeds() {
        feeding = followers.values().toArray(new Replica[0]);
    }

    /** A topic is led from now on: whoever asked about it before is answered. */
    void led(UUID topic) {
        for (Replica follower : List.copyOf(followers.values())) {
            follower.takePostponed(topic)
                    .ifPresent(position -> positions(
                            follower,
                            new Message.LastBatchPositions(
                                    leaderEpoch.epoch(), List.of(position))));
        }
    }

    /** A topic's settings changed: perhaps its mode. */
    void configured(LeaderTopic topic) {
        for (Replica follower : followers.values()) {
            replay(follower.member(), topic);
            follower.committed(topic.id());
            follower.feed().wake(topic);
        }
    }

    /** What a member said before the topic became live counts now: it was of this epoch, too. */
    private void replay(Member member, LeaderTopic topic) {
        topic.acknowledged(member, progress(member).acknowledged(topic.id()));
    }

    /** A topic is led no longer. */
    void dropped(UUID topic) {
        followers.values().forEach(follower -> follower.feed().stop(topic));
        progress.values().forEach(member -> member.dropped(topic));
    }

    /** A log has more to ship. Any thread, quick. */
    void wake(LeaderTopic topic) {
        for (Replica follower : feeding) {
            follower.feed().wake(topic);
        }
    }

    /** The epoch is over for this node. */
    void end() {
        new ArrayList<>(followers.values()).forEach(Replica::end);
        followers.clear();
        publishFeeds();
    }
}
