package io.lignum.cluster.internal.follower;

import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.peer.Message;
import io.lignum.cluster.peer.PeerStream;
import io.lignum.storage.TopicLog;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Brings a follower's logs into agreement with its leader's (R19): it asks where they part, and
 * cuts what the leader has not, until each is a prefix of the leader's. For one epoch.
 *
 * <p>The node's loop only.
 */
final class LogReconciliation {

    private static final Logger LOG = LoggerFactory.getLogger(LogReconciliation.class);

    private static final int POSITIONS_A_MESSAGE = 1_000;

    /** What the agreement asks and tells its follower. */
    interface Listener {
        /** Whether the topic is still here, and the epoch is not over. */
        boolean isFollowed(FollowerTopic topic);

        /** The log is a prefix of the leader's now. */
        void agreed(FollowerTopic topic);

        /** The log could not be cut. */
        void failed(FollowerTopic topic, Throwable failure);

        /** The logs differ below what was committed (R21); nothing was cut. */
        void forked(TopicLog log, long cut);
    }

    private final NodeContext node;
    private final LeaderConnection stream;
    private final int epoch;
    private final boolean mayCutCommitted;
    private final Listener listener;
    private final Set<FollowerTopic> toAsk = new LinkedHashSet<>();
    private boolean questionsPlanned;
    private long requests;

    /** @param mayCutCommitted an operator accepted in this epoch that committed records are lost */
    LogReconciliation(
            NodeContext node,
            LeaderConnection stream,
            int epoch,
            boolean mayCutCommitted,
            Listener listener) {
        this.node = node;
        this.stream = stream;
        this.epoch = epoch;
        this.mayCutCommitted = mayCutCommitted;
        this.listener = listener;
    }

    /** Another stream begins: what was to be asked on the one before is asked no more. */
    void fresh() {
        toAsk.clear();
    }

    /**
     * Asks where a log parts from the leader's. First all appends that an earlier stream or an own
     * lead left in its queue must be in the log: what comes in behind the question would be
     * guaranteed without having been compared.
     */
    void ask(FollowerTopic topic) {
        topic.disagree();
        PeerStream asked = stream.link();
        node.onLoop(topic.log().admin().flush(), (done, failure) -> {
            boolean over =
                    !listener.isFollowed(topic) || !stream.isWelcomed() || stream.link() != asked;
            if (over) {
                return; // Another stream asks again.
            } else if (failure != null) {
                listener.failed(topic, failure); // A full disk, for instance: so does this.
            } else {
                toAsk.add(topic);
                planQuestions();
            }
        });
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
        List<Message.LastBatchPosition> positions = new ArrayList<>();
        for (FollowerTopic topic : toAsk) {
            positions.add(topic.ask(++requests));
            if (positions.size() == POSITIONS_A_MESSAGE) {
                stream.send(new Message.LastBatchPositions(epoch, positions));
                positions.clear();
            }
        }
        toAsk.clear();
        if (!positions.isEmpty()) {
            stream.send(new Message.LastBatchPositions(epoch, positions));
        }
    }

    /** The leader's answer. */
    void parted(FollowerTopic topic, Message.EpochEndOffset epochEnd) {
        if (!topic.isAnswer(epochEnd)) {
            return;
        }
        TopicLog log = topic.log();
        long end = log.logEndOffset();
        topic.leaderStartsAt(epochEnd.logStart());
        if (end < epochEnd.firstOffset()) {
            // The leader has trimmed all that could be the same.
            startAt(topic, epochEnd);
        } else if (log.lastEpoch().isEmpty()) {
            if (end <= epochEnd.endOffset()) {
                listener.agreed(topic);
            } else {
                dropAll(topic, epochEnd.endOffset(), epochEnd); // It starts too far up.
            }
        } else if (epochEnd.epochFound().isEmpty()) {
            dropAll(topic, epochEnd.firstOffset(), epochEnd);
        } else {
            boolean last = epochEnd.epochFound().getAsInt() == log.lastEpoch().getAsInt();
            long own =
                    last ? end : log.epochEnd(epochEnd.epochFound().getAsInt()).endOffset();
            long point = Math.min(own, epochEnd.endOffset());
            if (point < log.logStartOffset()) {
                dropAll(topic, point, epochEnd);
            } else {
                cut(topic, point, last);
            }
        }
    }

    /**
     * Nothing that is here is of the leader's log, or can be told to be: it parts below. The leader
     * may not have known that, and not have sent the producers of what it trimmed: then it is asked
     * where its log starts.
     */
    private void dropAll(FollowerTopic topic, long point, Message.EpochEndOffset epochEnd) {
        TopicLog log = topic.log();
        boolean lacksProducers = epochEnd.firstOffset() > 0
                && epochEnd.epochFound().isPresent()
                && !epochEnd.producers().hasRemaining();
        if (!mayCut(log, Math.max(point, log.logStartOffset()), epochEnd.firstOffset())) {
            return;
        } else if (lacksProducers) {
            ask(topic);
            topic.askForStart();
        } else {
            startAt(topic, epochEnd);
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

    /**
     * Empties the log; what is in it is saved aside. Of producers it knows then what the leader
     * does (R34).
     */
    private void startAt(FollowerTopic topic, Message.EpochEndOffset epochEnd) {
        long offset = epochEnd.firstOffset();
        LOG.warn(
                "Topic {} starts over at offset {}, as its leader's does; what is in it, {}..{}, is"
                        + " saved aside",
                topic.log().name(),
                offset,
                topic.log().logStartOffset(),
                topic.log().logEndOffset() - 1);
        node.onLoop(started(topic.log(), epochEnd), (done, failure) -> {
            if (failure != null) {
                listener.failed(topic, failure);
            } else {
                ask(topic);
            }
        });
    }

    private static CompletableFuture<Void> started(TopicLog log, Message.EpochEndOffset epochEnd) {
        try {
            return log.admin().startAt(epochEnd.firstOffset(), epochEnd.producers());
        } catch (IllegalArgumentException e) {
            LOG.warn(
                    "Topic {} starts without its leader's producers, which cannot be read: {}",
                    log.name(),
                    e.toString());
            return log.admin().startAt(epochEnd.firstOffset());
        }
    }

    private void cut(FollowerTopic topic, long to, boolean last) {
        TopicLog log = topic.log();
        if (to >= log.logEndOffset()) {
            if (last) {
                listener.agreed(topic);
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
                listener.failed(topic, failure);
            } else if (last) {
                listener.agreed(topic);
            } else {
                ask(topic);
            }
        });
    }
}
