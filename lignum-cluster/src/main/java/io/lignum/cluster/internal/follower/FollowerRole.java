package io.lignum.cluster.internal.follower;

import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.NodeIdentity;
import io.lignum.cluster.internal.topics.TopicCatalog;
import io.lignum.cluster.peer.Member;
import io.lignum.cluster.peer.Message;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicLog;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * What a node does in an epoch that another one leads: it appends what the leader sends, and
 * acknowledges what is durable. How it stays in touch is in {@link LeaderConnection}, how its logs
 * come to be the leader's in {@link LogReconciliation}.
 *
 * <p>The node's loop only.
 */
public final class FollowerRole implements LeaderConnection.Listener, LogReconciliation.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(FollowerRole.class);

    /** What the follower tells its node. */
    public interface Listener {
        /** A peer is at a higher epoch than this one. */
        void higherEpoch(int epoch);

        /** The leader says that this node lost what it acknowledged (R17). */
        void dataLost(String why);

        /**
         * The logs differ below what was committed: this must not happen, and the node halts (R21).
         */
        void forked(TopicLog log, long cut);

        /** The high watermark of a live topic moved. */
        void committed(TopicLog log);

        /** Whether the node that is followed says that it leads; it did when it was elected. */
        void leaderLeads(boolean leads);
    }

    private final NodeContext node;
    private final NodeIdentity identity;
    private final Member leader;
    private final NodeAddress address;
    private final TopicCatalog catalog;
    private final Listener listener;
    private final LeaderConnection stream;
    private final LogReconciliation reconciliation;
    private final Map<UUID, FollowerTopic> topics = new HashMap<>();
    private final Set<FollowerTopic> toAcknowledge = new LinkedHashSet<>();
    private boolean acksPlanned;
    private boolean ended;

    /**
     * Follows nobody yet.
     *
     * @param identity with the epoch, which is durable on this node
     * @param mayCutCommitted an operator accepted in this epoch that committed records are lost
     */
    public FollowerRole(
            NodeContext node,
            NodeIdentity identity,
            Member leader,
            NodeAddress address,
            boolean mayCutCommitted,
            TopicCatalog catalog,
            Listener listener) {
        this.node = node;
        this.identity = identity;
        this.leader = leader;
        this.address = address;
        this.catalog = catalog;
        this.listener = listener;
        stream = new LeaderConnection(node, identity, leader, address, this);
        reconciliation =
                new LogReconciliation(node, stream, identity.epoch(), mayCutCommitted, this);
    }

    public Member leader() {
        return leader;
    }

    public NodeAddress address() {
        return address;
    }

    public int epoch() {
        return identity.epoch();
    }

    public void start(Iterable<TopicLog> logs) {
        for (TopicLog log : logs) {
            log.follow();
            topics.put(log.id(), followed(log));
        }
        stream.start();
    }

    private FollowerTopic followed(TopicLog log) {
        return new FollowerTopic(
                log,
                () -> catalog.trimsOf(log.id()),
                start -> catalog.trim(log, start, () -> ended));
    }

    @Override
    public void fresh() {
        reconciliation.fresh();
        toAcknowledge.clear();
        topics.values().forEach(FollowerTopic::disagree);
    }

    /**
     * A topic is here that was not before, unless the epoch began between its creation and this
     * call.
     */
    public void follow(TopicLog log) {
        if (topics.containsKey(log.id())) {
            return;
        }
        log.follow();
        FollowerTopic topic = followed(log);
        topics.put(log.id(), topic);
        reconciliation.ask(topic);
    }

    /** The leader may have told a watermark before this node knew that the topic has one. */
    public void configured(TopicLog log) {
        FollowerTopic topic = topics.get(log.id());
        if (topic != null) {
            topic.raise();
            listener.committed(log);
        }
    }

    public void trimmed(UUID topic) {
        FollowerTopic followed = topics.get(topic);
        if (followed != null) {
            followed.trim();
        }
    }

    public void dropped(UUID topic) {
        topics.remove(topic);
    }

    @Override
    public void received(Message message) {
        if (message.epoch() > epoch()) {
            listener.higherEpoch(message.epoch());
        } else if (message instanceof Message.Refused refused) {
            refused(refused);
        } else if (message.epoch() == epoch()) {
            current(message);
        }
    }

    private void refused(Message.Refused refused) {
        stream.refused(refused.text());
        if (refused.reason() == Message.Refused.Reason.DATA_LOST) {
            listener.dataLost(refused.text());
        } else if (refused.reason() == Message.Refused.Reason.NOT_LEADER) {
            listener.leaderLeads(false);
        }
    }

    private void current(Message message) {
        if (message instanceof Message.Welcome) {
            welcome();
        } else if (message instanceof Message.EpochEndOffsets partings) {
            partings.partings().forEach(this::parted);
        } else if (message instanceof Message.Append append) {
            append(append);
        } else if (message instanceof Message.Heartbeat heartbeat) {
            heartbeat(heartbeat);
        } else {
            LOG.warn(
                    "leader {} sent {}, which is not for a follower",
                    leader,
                    Message.nameOf(message));
        }
    }

    private void welcome() {
        LOG.info("Following {} in epoch {}", leader, epoch());
        stream.welcomed();
        listener.leaderLeads(true);
        topics.values().forEach(reconciliation::ask);
    }

    private void parted(Message.EpochEndOffset epochEnd) {
        FollowerTopic topic = topics.get(epochEnd.topic());
        if (topic != null) {
            reconciliation.parted(topic, epochEnd);
        }
    }

    @Override
    public boolean isFollowed(FollowerTopic topic) {
        return !stream.isEnded() && topics.get(topic.log().id()) == topic;
    }

    @Override
    public void agreed(FollowerTopic topic) {
        if (isFollowed(topic)) {
            topic.agree();
            acknowledge(topic);
        }
    }

    @Override
    public void forked(TopicLog log, long cut) {
        listener.forked(log, cut);
    }

    // ---- data (R12)

    private void append(Message.Append message) {
        FollowerTopic topic = topics.get(message.topic());
        if (topic == null || !topic.isAgreed()) {
            return; // Deleted, or sent before the log was cut.
        }
        List<CompletableFuture<?>> done = new ArrayList<>();
        FollowerTopic.Taken taken;
        try {
            taken = topic.append(message, done);
        } catch (StorageException e) {
            failed(topic, e);
            return;
        }
        committed(topic, message.highWatermark());
        if (taken == FollowerTopic.Taken.GAP) {
            LOG.warn(
                    "topic {}: what came from offset {} on does not follow what is here",
                    topic.log().name(),
                    message.baseOffset());
            if (topic.isStuck()) {
                stream.restart("what comes of topic " + topic.log().name()
                        + " does not follow what is here");
            } else {
                reconciliation.ask(topic);
            }
        } else if (taken == FollowerTopic.Taken.REPEATED) {
            acknowledge(topic);
        }
        if (!done.isEmpty()) {
            CompletableFuture<?> last = done.get(done.size() - 1);
            node.onLoop(last, (ignored, failure) -> appended(topic, failure));
        }
    }

    private void appended(FollowerTopic topic, @Nullable Throwable failure) {
        if (failure != null) {
            failed(topic, failure);
            return;
        }
        stream.keeps();
        if (topic.raise()) {
            listener.committed(topic.log());
        }
        acknowledge(topic);
    }

    private void committed(FollowerTopic topic, OptionalLong highWatermark) {
        if (topic.committed(highWatermark)) {
            listener.committed(topic.log());
        }
    }

    /** Whatever it was, the log is as it was before: start over with this stream. */
    @Override
    public void failed(FollowerTopic topic, Throwable failure) {
        if (failure instanceof StorageException.TopicDeleted) {
            topics.remove(topic.log().id(), topic); // The catalog is about to tell of it.
        } else if (isFollowed(topic)) {
            LOG.warn("Following topic {} failed: {}", topic.log().name(), failure.toString());
            stream.restart("topic " + topic.log().name() + " could not be appended to: "
                    + failure.getMessage());
        }
    }

    private void heartbeat(Message.Heartbeat heartbeat) {
        for (Message.Watermark watermark : heartbeat.watermarks()) {
            FollowerTopic topic = topics.get(watermark.topic());
            if (topic != null) {
                committed(topic, watermark.highWatermark());
            }
        }
        topics.values().forEach(FollowerTopic::force);
        stream.send(new Message.Alive(epoch(), heartbeat.beat()));
        topics.values().stream().filter(FollowerTopic::isUntold).forEach(this::acknowledge);
    }

    /** Acknowledgements that come up in one turn of the loop go together. */
    private void acknowledge(FollowerTopic topic) {
        if (!topic.isAgreed()) {
            return;
        }
        toAcknowledge.add(topic);
        if (!acksPlanned) {
            acksPlanned = true;
            node.onLoop(this::sendAcks);
        }
    }

    private void sendAcks() {
        acksPlanned = false;
        List<Message.Ack> acks = new ArrayList<>();
        for (FollowerTopic topic : toAcknowledge) {
            if (topic.isAgreed()) {
                acks.add(topic.ack());
            }
        }
        toAcknowledge.clear();
        if (!acks.isEmpty() && stream.isWelcomed()) {
            stream.send(new Message.Acks(epoch(), acks));
        }
    }

    public void end() {
        ended = true;
        stream.end();
    }
}
