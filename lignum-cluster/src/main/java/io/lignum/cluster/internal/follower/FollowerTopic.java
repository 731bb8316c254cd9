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
 * A topic in the hands of a follower, for one stream to one leader: first it learns where its log
 * parts from the leader's (R19), then it takes what comes behind (R12).
 *
 * <p>The node's loop only.
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
    private long toldDurable = -1;
    private long leaderStart;
    private long trimmedTo; // the last trim that was begun
    private int gaps;
    private OptionalLong leaderWatermark = OptionalLong.empty();
    private CompletableFuture<Void> forced = CompletableFuture.completedFuture(null);

    /**
     * Not compared with the leader's yet.
     *
     * @param trims what of the topic is trimmed, as far as is known here
     * @param trimmer deletes what is below an offset
     */
    FollowerTopic(TopicLog log, Supplier<TrimPoints> trims, LongConsumer trimmer) {
        this.log = log;
        this.trims = trims;
        this.trimmer = trimmer;
    }

    TopicLog log() {
        return log;
    }

    /** Nothing is taken until the logs are compared again. */
    void disagree() {
        agreed = false;
        asksForStart = false;
        request = 0;
    }

    /**
     * The next question is where the leader's log starts: nothing of this log is of the leader's.
     */
    void askForStart() {
        asksForStart = true;
    }

    /** What to ask the leader; answers to earlier questions do not count any more. */
    Message.LastBatchPosition ask(long newRequest) {
        request = newRequest;
        agreed = false;
        OptionalInt lastEpoch = asksForStart ? OptionalInt.empty() : log.lastEpoch();
        return new Message.LastBatchPosition(log.id(), newRequest, lastEpoch, log.logEndOffset());
    }

    /** Whether this answers the question that is open. */
    boolean isAnswer(Message.EpochEndOffset epochEnd) {
        return !agreed && epochEnd.request() == request;
    }

    /** The log is a prefix of the leader's: what comes behind its end may be appended. */
    void agree() {
        agreed = true;
        next = log.logEndOffset();
        toldDurable = -1;
        trimmedTo = 0;
        trim();
    }

    boolean isAgreed() {
        return agreed;
    }

    /** The leader's log begins there. */
    void leaderStartsAt(long start) {
        leaderStart = start;
        trim();
    }

    /**
     * What is trimmed is trimmed here once it has come, as a log that was reset begins where a
     * batch of the leader's does; and once the logs agree, as what is not the leader's is to be
     * saved aside (R20).
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

    /** What came of an append. */
    enum Taken {
        /** On its way to the disk. */
        APPENDED,
        /** All of it was here before. */
        REPEATED,
        /** It does not follow what is here: ask again where the logs part. */
        GAP
    }

    /**
     * Appends what the leader sent, byte for byte.
     *
     * @param done completes when all of it is acknowledged by the topic's durability
     * @throws StorageException a batch is damaged or does not fit; the stream must start over
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
                return Taken.GAP; // Or it begins within what is here: the logs differ.
            }
        }
        return taken;
    }

    /** Asking again does not help: what the leader sends never follows what is here. */
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
     * What the leader says is committed; here it is what is durable, too (R14). True if the high
     * watermark moved.
     */
    boolean committed(OptionalLong highWatermark) {
        leaderWatermark = highWatermark;
        return raise();
    }

    /** As far as the disk has it. True if the high watermark moved. */
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
     * A topic that is not forced by itself is forced here every so often, as it is at the leader
     * before each round of shipping: what this node has counts only once it is durable.
     */
    void force() {
        if (agreed
                && log.config().durability() == Durability.OS
                && log.flushedOffset() < log.logEndOffset()
                && forced.isDone()) {
            forced = log.admin().flush();
        }
    }

    /** What to tell the leader. */
    Message.Ack ack() {
        toldDurable = log.flushedOffset();
        return new Message.Ack(log.id(), log.logEndOffset(), toldDurable);
    }

    /** The disk has more than the leader was told. */
    boolean isUntold() {
        return agreed && toldDurable < log.flushedOffset();
    }
}
