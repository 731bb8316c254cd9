package io.lignum.cluster;

import io.lignum.cluster.peer.Link;
import io.lignum.cluster.peer.LinkReceiver;
import io.lignum.cluster.peer.Member;
import io.lignum.cluster.peer.Message;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicLog;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
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
 * What a node does in an epoch that another one leads: it registers with the leader, again and again for ever, brings
 * its logs into agreement, appends what it is sent, and acknowledges what is durable.
 *
 * <p>The node's loop only.
 */
final class FollowerRole {

    private static final Logger LOG = LoggerFactory.getLogger(FollowerRole.class);

    private static final Duration FIRST_RETRY = Duration.ofMillis(100);

    /** A leader that was just elected begins to lead within seconds, and each of its commits waits for this node. */
    private static final Duration RETRY_IF_REFUSED = Duration.ofMillis(400);

    private static final int POSITIONS_A_MESSAGE = 1_000;

    /** What the follower tells its node. */
    interface Listener {
        /** A peer is at a higher epoch than this one. */
        void higherEpoch(int epoch);

        /** The leader says that this node lost what it acknowledged (R17). */
        void dataLost(String why);

        /** The logs differ below what was committed: this must not happen, and the node halts (R21). */
        void forked(TopicLog log, long cut);

        /** What is readable of a topic moved. */
        void committed(TopicLog log);

        /** Whether the node that is followed says that it leads; it did when it was elected. */
        void leaderLeads(boolean leads);
    }

    private final NodeContext node;
    private final Identity identity;
    private final Member leader;
    private final NodeAddress address;
    private final boolean mayCutCommitted;
    private final Listener listener;
    private final Map<UUID, FollowedTopic> topics = new HashMap<>();
    private final Set<FollowedTopic> toAcknowledge = new LinkedHashSet<>();
    private Duration retry = FIRST_RETRY;
    private @Nullable Link link;
    private boolean welcomed;
    private @Nullable String refusal;
    private boolean ended;
    private final Set<FollowedTopic> toAsk = new LinkedHashSet<>();
    private boolean acksPlanned;
    private boolean questionsPlanned;
    private long requests;
    private long heardAt;

    /**
     * Follows nobody yet.
     *
     * @param identity with the epoch, which is durable on this node
     * @param mayCutCommitted an operator accepted in this epoch that committed records are lost
     */
    FollowerRole(
            NodeContext node,
            Identity identity,
            Member leader,
            NodeAddress address,
            boolean mayCutCommitted,
            Listener listener) {
        this.node = node;
        this.identity = identity;
        this.leader = leader;
        this.address = address;
        this.mayCutCommitted = mayCutCommitted;
        this.listener = listener;
    }

    Member leader() {
        return leader;
    }

    NodeAddress address() {
        return address;
    }

    int epoch() {
        return identity.epoch();
    }

    void start(Iterable<TopicLog> logs) {
        for (TopicLog log : logs) {
            log.follow();
            topics.put(log.id(), new FollowedTopic(log));
        }
        connect();
        watchLeader();
    }

    /** A topic is here that was not before, unless the epoch began between its creation and this call. */
    void follow(TopicLog log) {
        if (topics.containsKey(log.id())) {
            return;
        }
        log.follow();
        FollowedTopic topic = new FollowedTopic(log);
        topics.put(log.id(), topic);
        ask(topic);
    }

    /** The leader may have told a watermark before this node knew that the topic has one. */
    void configured(TopicLog log) {
        FollowedTopic topic = topics.get(log.id());
        if (topic != null) {
            topic.raise();
            listener.committed(log);
        }
    }

    void dropped(UUID topic) {
        topics.remove(topic);
    }

    private void connect() {
        if (ended) {
            return;
        }
        welcomed = false;
        heardAt = node.nowNanos(); // The silence before was another stream's.
        toAsk.clear();
        toAcknowledge.clear();
        topics.values().forEach(FollowedTopic::disagree);
        Stream stream = new Stream();
        Link opened = node.network().connect(address, stream);
        stream.link = opened;
        link = opened;
        opened.send(new Message.Register(
                epoch(),
                identity.self(),
                identity.clusterId().orElseThrow(),
                node.config().address()));
    }

    /** One stream to the leader. Its calls come on the network's threads. */
    private final class Stream implements LinkReceiver {
        private volatile @Nullable Link link;

        @Override
        public void received(Message message, Runnable done) {
            node.onLoop(() -> {
                if (isCurrent()) {
                    take(message);
                }
                done.run();
            });
        }

        @Override
        public void writable() {
            // Acknowledgements are small and few: they are sent whether or not.
        }

        @Override
        public void closed(String why) {
            node.onLoop(() -> {
                if (isCurrent()) {
                    lost(why);
                }
            });
        }

        private boolean isCurrent() {
            return !ended && link != null && link == FollowerRole.this.link;
        }
    }

    private void lost(String why) {
        if (welcomed) {
            LOG.info("The stream to leader {} ended: {}", leader, why);
        } else {
            LOG.debug("No stream to leader {}: {}", leader, why);
        }
        link = null;
        welcomed = false;
        node.later(retry, this::connect);
        Duration twice = retry.multipliedBy(2);
        Duration most = refusal == null ? node.config().leaderCheck() : RETRY_IF_REFUSED;
        retry = twice.compareTo(most) > 0 ? most : twice;
    }

    /** A leader that says nothing for long is tried anew: the stream may be half-open. */
    private void watchLeader() {
        if (ended) {
            return;
        }
        Link open = link;
        if (open != null
                && node.nowNanos() - heardAt > node.config().heartbeatTimeout().toNanos()) {
            heardAt = node.nowNanos();
            open.close();
            lost("the leader is silent");
        }
        node.later(node.config().heartbeat(), this::watchLeader);
    }

    private void take(Message message) {
        heardAt = node.nowNanos();
        if (message.epoch() > epoch()) {
            listener.higherEpoch(message.epoch());
        } else if (message instanceof Message.Refused refused) {
            refused(refused);
        } else if (message.epoch() == epoch()) {
            current(message);
        }
    }

    private void refused(Message.Refused refused) {
        if (!refused.text().equals(refusal)) { // Once, not at every attempt.
            LOG.warn("Leader {} does not take this node: {}", leader, refused.text());
        }
        refusal = refused.text();
        if (refused.reason() == Message.Refused.Reason.DATA_LOST) {
            listener.dataLost(refused.text());
        } else if (refused.reason() == Message.Refused.Reason.NOT_LEADER) {
            listener.leaderLeads(false);
        }
    }

    private void current(Message message) {
        if (message instanceof Message.Welcome) {
            welcome();
        } else if (message instanceof Message.Partings partings) {
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
        welcomed = true;
        refusal = null;
        retry = FIRST_RETRY;
        listener.leaderLeads(true);
        topics.values().forEach(this::ask);
    }

    // ---- agreement (R19)

    /**
     * Asks where a log parts from the leader's. First all appends that an earlier stream or an own lead left in its queue
     * must be in the log: what comes in behind the question would be vouched for without having been compared.
     */
    private void ask(FollowedTopic topic) {
        topic.disagree();
        Link asked = link;
        node.onLoop(topic.log().admin().flush(), (done, failure) -> {
            if (failure != null) {
                LOG.error(
                        "Topic {} cannot be followed: {}", topic.log().name(), failure.toString());
            } else if (isFollowed(topic) && welcomed && link == asked) {
                toAsk.add(topic);
                planQuestions();
            }
        });
    }

    private boolean isFollowed(FollowedTopic topic) {
        return !ended && topics.get(topic.log().id()) == topic;
    }

    /** Questions that come up in one turn of the loop go together. */
    private void planQuestions() {
        if (!questionsPlanned) {
            questionsPlanned = true;
            node.onLoop(this::sendQuestions);
        }
    }

    private void sendQuestions() {
        questionsPlanned = false;
        List<Message.Position> positions = new ArrayList<>();
        for (FollowedTopic topic : toAsk) {
            positions.add(topic.ask(++requests));
            if (positions.size() == POSITIONS_A_MESSAGE) {
                send(new Message.Positions(epoch(), positions));
                positions.clear();
            }
        }
        toAsk.clear();
        if (!positions.isEmpty()) {
            send(new Message.Positions(epoch(), positions));
        }
    }

    private void parted(Message.Parting parting) {
        FollowedTopic topic = topics.get(parting.topic());
        if (topic == null || !topic.isAnswer(parting)) {
            return;
        }
        TopicLog log = topic.log();
        long end = log.logEndOffset();
        if (end < parting.logStart()) {
            startAt(
                    topic,
                    parting.logStart()); // The leader has trimmed all that could be the same.
        } else if (log.lastEpoch().isEmpty()) {
            if (end <= parting.endOffset()) {
                agree(topic);
            } else {
                dropAll(topic, parting.endOffset(), parting.logStart()); // It starts too far up.
            }
        } else if (parting.epochFound().isEmpty()) {
            dropAll(topic, parting.logStart(), parting.logStart());
        } else {
            boolean last = parting.epochFound().getAsInt() == log.lastEpoch().getAsInt();
            long own =
                    last ? end : log.epochEnd(parting.epochFound().getAsInt()).endOffset();
            long point = Math.min(own, parting.endOffset());
            if (point < log.logStartOffset()) {
                dropAll(topic, point, parting.logStart());
            } else {
                cut(topic, point, last);
            }
        }
    }

    /** Nothing that is here is of the leader's log, or can be told to be: it parts below. */
    private void dropAll(FollowedTopic topic, long point, long leaderStart) {
        TopicLog log = topic.log();
        if (mayCut(log, Math.max(point, log.logStartOffset()), leaderStart)) {
            startAt(topic, leaderStart);
        }
    }

    /**
     * What was committed is never cut, but by an operator's word (R21).
     *
     * @param end where the log is to end then
     */
    private boolean mayCut(TopicLog log, long cut, long end) {
        long committed = log.config().live() ? log.highWatermark().orElse(0) : 0;
        if (cut < committed && !mayCutCommitted) {
            listener.forked(log, cut);
            return false;
        }
        if (end < committed) {
            log.resetHighWatermark(OptionalLong.of(end));
        }
        return true;
    }

    /** Empties the log; what is in it is saved aside. */
    private void startAt(FollowedTopic topic, long offset) {
        LOG.warn(
                "Topic {} starts anew at offset {}, as its leader's does; what is in it, {}..{}, is"
                        + " saved aside",
                topic.log().name(),
                offset,
                topic.log().logStartOffset(),
                topic.log().logEndOffset() - 1);
        node.onLoop(topic.log().admin().startAt(offset), (done, failure) -> {
            if (failure != null) {
                failed(topic, failure);
            } else {
                ask(topic);
            }
        });
    }

    private void cut(FollowedTopic topic, long to, boolean last) {
        TopicLog log = topic.log();
        if (to >= log.logEndOffset()) {
            if (last) {
                agree(topic);
            } else {
                ask(topic);
            }
            return;
        }
        if (!mayCut(log, to, to)) {
            return;
        }
        LOG.warn(
                "Topic {}: records {}..{} are not the leader's; they are saved aside and cut",
                log.name(),
                to,
                log.logEndOffset() - 1);
        node.onLoop(log.admin().truncate(to), (result, failure) -> {
            if (failure != null) {
                failed(topic, failure);
            } else if (last) {
                agree(topic);
            } else {
                ask(topic);
            }
        });
    }

    private void agree(FollowedTopic topic) {
        if (isFollowed(topic)) {
            topic.agree();
            acknowledge(topic);
        }
    }

    // ---- data (R12)

    private void append(Message.Append message) {
        FollowedTopic topic = topics.get(message.topic());
        if (topic == null || !topic.isAgreed()) {
            return; // Deleted, or sent before the log was cut.
        }
        List<CompletableFuture<?>> done = FollowedTopic.futures();
        FollowedTopic.Taken taken;
        try {
            taken = topic.append(message, done);
        } catch (StorageException e) {
            failed(topic, e);
            return;
        }
        topic.committed(message.highWatermark());
        if (taken == FollowedTopic.Taken.GAP) {
            LOG.warn(
                    "topic {}: what came from offset {} on does not follow what is here",
                    topic.log().name(),
                    message.baseOffset());
            ask(topic);
        } else if (taken == FollowedTopic.Taken.REPEATED) {
            acknowledge(topic);
        }
        if (!done.isEmpty()) {
            CompletableFuture<?> last = done.get(done.size() - 1);
            var unused = last.whenComplete(
                    (ignored, failure) -> node.onLoop(() -> appended(topic, failure)));
        }
    }

    private void appended(FollowedTopic topic, @Nullable Throwable failure) {
        if (failure != null) {
            failed(topic, failure);
            return;
        }
        long before = topic.log().readableEndOffset();
        topic.raise();
        if (topic.log().readableEndOffset() != before || !topic.log().config().live()) {
            listener.committed(topic.log());
        }
        acknowledge(topic);
    }

    /** Whatever it was, the log is as it was before: begin anew with this stream. */
    private void failed(FollowedTopic topic, Throwable failure) {
        if (isFollowed(topic)) {
            LOG.warn("Following topic {} failed: {}", topic.log().name(), failure.toString());
            Link open = link;
            if (open != null) {
                open.close();
                lost("topic " + topic.log().name() + " could not be appended to");
            }
        }
    }

    private void heartbeat(Message.Heartbeat heartbeat) {
        for (Message.Watermark watermark : heartbeat.watermarks()) {
            FollowedTopic topic = topics.get(watermark.topic());
            if (topic != null) {
                long before = topic.log().readableEndOffset();
                topic.committed(watermark.highWatermark());
                if (topic.log().readableEndOffset() != before) {
                    listener.committed(topic.log());
                }
            }
        }
        send(new Message.Alive(epoch(), heartbeat.beat()));
        topics.values().stream().filter(FollowedTopic::isUntold).forEach(this::acknowledge);
    }

    /** Acknowledgements that come up in one turn of the loop go together. */
    private void acknowledge(FollowedTopic topic) {
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
        for (FollowedTopic topic : toAcknowledge) {
            if (topic.isAgreed()) {
                acks.add(topic.ack());
            }
        }
        toAcknowledge.clear();
        if (!acks.isEmpty() && welcomed) {
            send(new Message.Acks(epoch(), acks));
        }
    }

    private void send(Message message) {
        Link open = link;
        if (open != null) {
            open.send(message);
        }
    }

    void end() {
        ended = true;
        Link open = link;
        link = null;
        if (open != null) {
            open.close();
        }
    }
}
