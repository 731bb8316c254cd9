package io.lignum.cluster.internal.follower;

import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.NodeRecord;
import io.lignum.cluster.internal.topics.TopicCatalog;
import io.lignum.cluster.peer.Message;
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
 * The role of a node in an epoch that another node leads.
 *
 * <p>{@link LeaderConnection} registers with the leader, and again after each break. For each topic
 * {@link LogReconciliation} then makes the log a prefix of the leader's (R19); only after that does
 * {@link FollowerTopic} append what the leader sends, byte for byte and only at its log end offset
 * (R12). An acknowledgement names the offset below which everything is flushed here;
 * acknowledgements of one turn of the loop are sent together. High watermarks come with the
 * leader's messages and are limited to what is flushed here (R14).
 *
 * <p>If a batch cannot be appended, the stream starts again. The role ends when the leader or
 * another peer shows a higher epoch, or reports that this node lost data (R17), and when the logs
 * differ below the high watermark (R21).
 *
 * <p>The node loop only.
 */
public final class FollowerRole implements LeaderConnection.Listener, LogReconciliation.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(FollowerRole.class);

    /** Notified on the node loop. */
    public interface Listener {
        /** A peer is at a higher epoch. */
        void higherEpoch(int epoch);

        /** The leader reports that this node lost records that it had acknowledged (R17). */
        void dataLost(String why);

        /**
         * The logs differ below the high watermark. This cannot happen while the rules hold, so the
         * node halts (R21).
         */
        void forked(TopicLog log, long cut);

        /** The high watermark of a live topic has advanced. */
        void committed(TopicLog log);

        /** Whether the followed node says that it leads; initially true, since it was elected. */
        void leaderLeads(boolean leads);
    }

    private final NodeContext context;
    private final FollowedEpoch epoch;
    private final TopicCatalog catalog;
    private final Listener listener;
    private final LeaderConnection connection;
    private final LogReconciliation reconciliation;
    private final Map<UUID, FollowerTopic> topics = new HashMap<>();
    private final Set<FollowerTopic> toAcknowledge = new LinkedHashSet<>();
    private boolean acksPlanned;
    private boolean ended;

    /** Call {@link #start} to connect. */
    public FollowerRole(
            NodeContext context, FollowedEpoch epoch, TopicCatalog catalog, Listener listener) {
        this.context = context;
        this.epoch = epoch;
        this.catalog = catalog;
        this.listener = listener;
        connection = new LeaderConnection(context, epoch, this);
        reconciliation = new LogReconciliation(context, connection, epoch, this);
    }

    /** The node that leads this epoch, and where it can be reached. */
    public NodeRecord leader() {
        return epoch.leader();
    }

    public int epoch() {
        return epoch.number();
    }

    public void start(Iterable<TopicLog> logs) {
        for (TopicLog log : logs) {
            log.follow();
            topics.put(log.id(), followed(log));
        }
        connection.start();
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
     * Follows a new topic. Does nothing if it is followed already, because the epoch began after
     * its creation.
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

    /** The leader may have sent a high watermark before this node knew that the topic has one. */
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
        connection.refused(refused.text());
        if (refused.reason() == Message.Refused.Reason.DATA_LOST) {
            listener.dataLost(refused.text());
        } else if (refused.reason() == Message.Refused.Reason.NOT_LEADER) {
            listener.leaderLeads(false);
        }
    }

    private void current(Message message) {
        if (message instanceof Message.Welcome) {
            welcome();
        } else if (message instanceof Message.EpochEndOffsets answers) {
            answers.offsets().forEach(this::answered);
        } else if (message instanceof Message.Append append) {
            append(append);
        } else if (message instanceof Message.Heartbeat heartbeat) {
            heartbeat(heartbeat);
        } else {
            LOG.warn(
                    "The leader {} sent {}, which followers do not handle",
                    leader().member(),
                    Message.nameOf(message));
        }
    }

    private void welcome() {
        LOG.info("Following {} in epoch {}", leader().member(), epoch());
        connection.welcomed();
        listener.leaderLeads(true);
        topics.values().forEach(reconciliation::ask);
    }

    private void answered(Message.EpochEndOffset epochEnd) {
        FollowerTopic topic = topics.get(epochEnd.topic());
        if (topic != null) {
            reconciliation.answered(topic, epochEnd);
        }
    }

    @Override
    public boolean isFollowed(FollowerTopic topic) {
        return !connection.isEnded() && topics.get(topic.log().id()) == topic;
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
            return; // Deleted, or sent before the log was truncated.
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
                    "Topic {}: batches from offset {} do not follow this log",
                    topic.log().name(),
                    message.baseOffset());
            if (topic.isStuck()) {
                connection.restart("what comes of topic " + topic.log().name()
                        + " does not follow what is here");
            } else {
                reconciliation.ask(topic);
            }
        } else if (taken == FollowerTopic.Taken.REPEATED) {
            acknowledge(topic);
        }
        if (!done.isEmpty()) {
            CompletableFuture<?> last = done.get(done.size() - 1);
            context.onLoop(last, (ignored, failure) -> appended(topic, failure));
        }
    }

    private void appended(FollowerTopic topic, @Nullable Throwable failure) {
        if (failure != null) {
            failed(topic, failure);
            return;
        }
        connection.stores();
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

    /** Nothing of the failed batch was appended: restarts the connection. */
    @Override
    public void failed(FollowerTopic topic, Throwable failure) {
        if (failure instanceof StorageException.TopicDeleted) {
            topics.remove(topic.log().id(), topic); // The catalog will report the deletion.
        } else if (isFollowed(topic)) {
            LOG.warn("Following topic {} failed: {}", topic.log().name(), failure.toString());
            connection.restart("topic " + topic.log().name() + " could not be appended to: "
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
        connection.send(new Message.Alive(epoch(), heartbeat.beat()));
        topics.values().stream().filter(FollowerTopic::hasUnsentAck).forEach(this::acknowledge);
    }

    /** Sends the acknowledgements of one turn of the loop together. */
    private void acknowledge(FollowerTopic topic) {
        if (!topic.isAgreed()) {
            return;
        }
        toAcknowledge.add(topic);
        if (!acksPlanned) {
            acksPlanned = true;
            context.onLoop(this::sendAcks);
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
        if (!acks.isEmpty() && connection.isWelcomed()) {
            connection.send(new Message.Acks(epoch(), acks));
        }
    }

    public void end() {
        ended = true;
        connection.end();
    }
}
