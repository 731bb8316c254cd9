package io.lignum.cluster.internal.follower;

import io.lignum.cluster.internal.state.TrimPoints;
import io.lignum.cluster.peer.Message;
import io.lignum.record.RecordBatch;
import io.lignum.storage.Durability;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicLog;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * A topic that this node follows, for one stream to one leader. First its log is reconciled with
 * the leader's (R19), then it appends what the leader sends (R12).
 *
 * <p>The node loop only.
 */
final class FollowerTopic {

    private static final int MAX_GAPS = 3;

    private final TopicLog log;
    private final Supplier<TrimPoints> trims;
    private final LongConsumer trimmer;
    private long request;
    private boolean agreed;
    private boolean asksForStart;
    private long next;
    private long acknowledgedEnd = -1;
    private long leaderStart;
    private long trimmedTo; // the last trim that was started
    private int gaps;
    private OptionalLong leaderWatermark = OptionalLong.empty();
    private CompletableFuture<Void> forced = CompletableFuture.completedFuture(null);

    /**
     * Not reconciled yet.
     *
     * @param trims the topic's trims, as far as this node knows them
     * @param trimmer removes the records below an offset
     */
    FollowerTopic(TopicLog log, Supplier<TrimPoints> trims, LongConsumer trimmer) {
        this.log = log;
        this.trims = trims;
        this.trimmer = trimmer;
    }

    TopicLog log() {
        return log;
    }

    /** Appends are refused until the log is reconciled again. */
    void disagree() {
        agreed = false;
        asksForStart = false;
        request = 0;
    }

    /**
     * The next request asks for the start of the leader's log, because no record of this log is in
     * it.
     */
    void askForStart() {
        asksForStart = true;
    }

    /** The request to the leader; responses to earlier requests do not count any more. */
    Message.LastBatchPosition ask(long newRequest) {
        request = newRequest;
        agreed = false;
        OptionalInt lastEpoch = asksForStart ? OptionalInt.empty() : log.lastEpoch();
        return new Message.LastBatchPosition(log.id(), newRequest, lastEpoch, log.logEndOffset());
    }

    /** Whether this is the response to the outstanding request. */
    boolean isAnswer(Message.EpochEndOffset epochEnd) {
        return !agreed && epochEnd.request() == request;
    }

    /** The log is a prefix of the leader's: appends at its end are accepted. */
    void agree() {
        agreed = true;
        next = log.logEndOffset();
        acknowledgedEnd = -1;
        trimmedTo = 0;
        trim();
    }

    boolean isAgreed() {
        return agreed;
    }

    /** The leader's log starts at this offset. */
    void leaderStartsAt(long start) {
        leaderStart = start;
        trim();
    }

    /**
     * Trims what is trimmed and has arrived: a log that was reset starts at a batch of the
     * leader's, which may be earlier. Not before the logs agree, because divergent records must be
     * saved first (R20).
     */
    void trim() {
        TrimPoints points = trims.get();
        if (!agreed || Math.max(leaderStart, points.highest()) <= trimmedTo) {
            return;
        }
        long start = Math.max(leaderStart, points.reachedBy(log));
        if (start > Math.max(trimmedTo, log.logStartOffset()) && start <= log.readableEndOffset()) {
            trimmedTo = start;
            trimmer.accept(start);
        }
    }

    /** The result of an append. */
    enum Taken {
        /** Is being written. */
        APPENDED,
        /** All of it was in the log already. */
        REPEATED,
        /** It does not follow the log's end: reconcile again. */
        GAP
    }

    /**
     * Appends a message of the leader, byte for byte.
     *
     * @param done gets futures that complete when all of it is acknowledged by the topic's
     *     durability
     * @throws StorageException a batch is damaged or does not fit; the stream must start again
     */
    Taken append(Message.Append message, List<CompletableFuture<?>> done) {
        if (message.baseOffset() > next) {
            gaps++;
            return Taken.GAP;
        }
        ByteBuffer all = message.batches();
        Taken taken = Taken.REPEATED;
        while (all.hasRemaining()) {
            ByteBuffer one = nextBatch(all);
            RecordBatch batch = RecordBatch.at(one, one.position());
            if (batch.epoch() > message.epoch()) {
                throw new StorageException.InvalidBatch("a batch of epoch " + batch.epoch()
                        + " came from the leader of epoch " + message.epoch());
            }
            if (batch.baseOffset() == next) {
                long end = batch.nextOffset();
                done.add(log.appendStamped(one));
                next = end;
                gaps = 0;
                taken = Taken.APPENDED;
            } else if (batch.baseOffset() > next || batch.nextOffset() > next) {
                gaps++;
                return Taken.GAP; // Or it begins inside a batch of this log: the logs differ.
            }
        }
        return taken;
    }

    /** Whether reconciling again would not help: what the leader sends never follows this log. */
    boolean isStuck() {
        return gaps > MAX_GAPS;
    }

    private static ByteBuffer nextBatch(ByteBuffer all) {
        int at = all.position();
        if (all.remaining() < RecordBatch.HEADER_BYTES) {
            throw new StorageException.InvalidBatch("the message ends within a batch's header");
        }
        int size = RecordBatch.at(all, at).sizeInBytes();
        if (size < RecordBatch.HEADER_BYTES || size > all.remaining()) {
            throw new StorageException.InvalidBatch("the message ends within a batch");
        }
        ByteBuffer one = all.slice(at, size);
        all.position(at + size);
        return one;
    }

    /**
     * Takes over the leader's high watermark, limited to what is flushed here (R14). True if it has
     * advanced.
     */
    boolean committed(OptionalLong highWatermark) {
        leaderWatermark = highWatermark;
        return raise();
    }

    /**
     * Raises the high watermark to what is flushed here, up to the leader's. True if it has
     * advanced.
     */
    boolean raise() {
        trim();
        if (!agreed || !log.config().live() || leaderWatermark.isEmpty()) {
            return false;
        }
        OptionalLong before = log.highWatermark();
        log.advanceHighWatermark(Math.min(leaderWatermark.getAsLong(), log.flushedOffset()));
        return !log.highWatermark().equals(before);
    }

    /**
     * Forces a topic whose durability does not force each append. The leader does so before each
     * round of shipping; records of this node count only once they are flushed.
     */
    void force() {
        if (agreed
                && log.config().durability() == Durability.OS
                && log.flushedOffset() < log.logEndOffset()
                && forced.isDone()) {
            forced = log.admin().flush();
        }
    }

    /** The acknowledgement for the leader. */
    Message.Ack ack() {
        acknowledgedEnd = log.flushedOffset();
        return new Message.Ack(log.id(), log.logEndOffset(), acknowledgedEnd);
    }

    /** Whether more is flushed here than was acknowledged. */
    boolean hasUnsentAck() {
        return agreed && acknowledgedEnd < log.flushedOffset();
    }
}
