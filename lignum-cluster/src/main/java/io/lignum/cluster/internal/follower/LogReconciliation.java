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
 * Makes a follower's logs prefixes of its leader's (R19), for one epoch.
 *
 * <p>For each topic the follower sends the epoch of its last batch, its log end offset and a
 * request number. The leader of the same epoch answers with its largest batch epoch E that is not
 * higher, and the offset X at which E ends in its log. If E is the epoch that was sent, the
 * follower truncates at min(own end, X) and the logs agree. Otherwise it truncates at min(X, own
 * end of its largest epoch ≤ E) and asks again: KIP-101 and KIP-279, where truncation by the high
 * watermark would lose or fork records. Appends that are still queued in the log are finished
 * first. What is truncated is saved to {@code divergent/} first (R20), and a truncation below the
 * high watermark halts the node (R21).
 *
 * <p>If nothing in the log can be matched, because the leader has trimmed all that could be the
 * same, the log is emptied and starts where the leader's log starts.
 *
 * <p>The node loop only.
 */
final class LogReconciliation {

    private static final Logger LOG = LoggerFactory.getLogger(LogReconciliation.class);

    private static final int POSITIONS_A_MESSAGE = 1_000;

    /** Notified on the node loop. */
    interface Listener {
        /** Whether the topic exists and the epoch has not ended. */
        boolean isFollowed(FollowerTopic topic);

        /** The log is a prefix of the leader's. */
        void agreed(FollowerTopic topic);

        /** The log could not be truncated. */
        void failed(FollowerTopic topic, Throwable failure);

        /** The logs differ below the high watermark (R21); nothing was truncated. */
        void forked(TopicLog log, long cut);
    }

    private final NodeContext context;
    private final LeaderConnection connection;
    private final FollowedEpoch epoch;
    private final Listener listener;
    private final Set<FollowerTopic> toAsk = new LinkedHashSet<>();
    private boolean requestsPlanned;
    private long requests;

    LogReconciliation(
            NodeContext context,
            LeaderConnection connection,
            FollowedEpoch epoch,
            Listener listener) {
        this.context = context;
        this.connection = connection;
        this.epoch = epoch;
        this.listener = listener;
    }

    /** A new stream begins; requests of the previous one are dropped. */
    void fresh() {
        toAsk.clear();
    }

    /**
     * Starts the reconciliation of one log. Appends that an earlier stream or an earlier leadership
     * left in the queue must be in the log first: what arrives after the request would be
     * acknowledged without having been compared.
     */
    void ask(FollowerTopic topic) {
        topic.disagree();
        PeerStream asked = connection.stream();
        context.onLoop(topic.log().admin().flush(), (done, failure) -> {
            boolean over = !listener.isFollowed(topic)
                    || !connection.isWelcomed()
                    || connection.stream() != asked;
            if (over) {
                return; // The new stream asks again.
            } else if (failure != null) {
                // For example a full disk; this is tried again too.
                listener.failed(topic, failure);
            } else {
                toAsk.add(topic);
                planRequests();
            }
        });
    }

    /** Sends the requests of one turn of the loop together. */
    private void planRequests() {
        if (!requestsPlanned) {
            requestsPlanned = true;
            context.onLoop(this::sendRequests);
        }
    }

    private void sendRequests() {
        requestsPlanned = false;
        List<Message.LastBatchPosition> positions = new ArrayList<>();
        for (FollowerTopic topic : toAsk) {
            positions.add(topic.ask(++requests));
            if (positions.size() == POSITIONS_A_MESSAGE) {
                connection.send(new Message.LastBatchPositions(epoch.number(), positions));
                positions.clear();
            }
        }
        toAsk.clear();
        if (!positions.isEmpty()) {
            connection.send(new Message.LastBatchPositions(epoch.number(), positions));
        }
    }

    /** The leader's response. */
    void answered(FollowerTopic topic, Message.EpochEndOffset epochEnd) {
        if (!topic.isAnswer(epochEnd)) {
            return;
        }
        TopicLog log = topic.log();
        long end = log.logEndOffset();
        topic.leaderStartsAt(epochEnd.logStart());
        if (end < epochEnd.firstOffset()) {
            // The leader has trimmed everything that could be the same.
            startAt(topic, epochEnd);
        } else if (log.lastEpoch().isEmpty()) {
            if (end <= epochEnd.endOffset()) {
                listener.agreed(topic);
            } else {
                dropAll(topic, epochEnd.endOffset(), epochEnd); // This log starts above that.
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
     * No record of this log is in the leader's log, or can be matched with it: the logs diverge
     * below its start. If the leader did not know that, its response lacks the producers of the
     * trimmed records; then the follower asks for the start of the leader's log.
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
     * Committed records are truncated only if an operator has accepted that (R21).
     *
     * @param end log end offset after the truncation
     */
    private boolean mayCut(TopicLog log, long cut, long end) {
        long committed = log.config().live() ? log.highWatermark().orElse(0) : 0;
        if (cut < committed && !epoch.mayCutCommitted()) {
            listener.forked(log, cut);
            return false;
        }
        if (end < committed) {
            log.resetHighWatermark(OptionalLong.of(end));
        }
        return true;
    }

    /**
     * Empties the log after its records are saved, and takes over the leader's producer states
     * (R34).
     */
    private void startAt(FollowerTopic topic, Message.EpochEndOffset epochEnd) {
        long offset = epochEnd.firstOffset();
        LOG.warn(
                "Topic {} starts again at offset {}, like its leader's log;"
                        + " its records {}..{} are saved to divergent/",
                topic.log().name(),
                offset,
                topic.log().logStartOffset(),
                topic.log().logEndOffset() - 1);
        context.onLoop(started(topic.log(), epochEnd), (done, failure) -> {
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
                "Topic {}: records {}..{} are not the leader's; they are saved to divergent/"
                        + " and truncated",
                log.name(),
                to,
                log.logEndOffset() - 1);
        context.onLoop(log.admin().truncate(to), (result, failure) -> {
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
