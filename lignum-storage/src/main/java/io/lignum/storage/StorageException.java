package io.lignum.storage;

import io.lignum.record.IoErrors;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reports an error of the engine. All kinds are in this file. {@link #outcome()} says what happened
 * to the data: after NOT_APPLIED it is safe to repeat the call, after UNKNOWN only with a producer
 * id.
 *
 * <p>This is the longest file of the module: callers find every kind, with its code, message and
 * outcome, in one place. A kind that can have outcome UNKNOWN has a private constructor that copies
 * a refusal, and overrides {@link #unknown}.
 */
public abstract sealed class StorageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** One code for each kind; stable, and the same on the wire. */
    public enum Code {
        OFFSET_OUT_OF_RANGE,
        RECORD_TOO_LARGE,
        INVALID_BATCH,
        INVALID_TIMESTAMP,
        CORRUPT_LOG,
        UNSUPPORTED_FORMAT,
        STORAGE_FULL,
        DISK_FAILED,
        ENGINE_FAILED,
        CLOSED,
        TOPIC_DELETED,
        TOPIC_EXISTS,
        UNKNOWN_TOPIC,
        INVALID_TOPIC,
        TOO_MANY_TOPICS,
        END_OFFSET_MISMATCH,
        NOT_LEADING,
        NOT_FOLLOWING,
        BELOW_HIGH_WATERMARK,
        PRODUCER_FENCED,
        OUT_OF_ORDER_SEQUENCE,
        UNKNOWN_PRODUCER,
        OVERLOADED,
        DIRECTORY_LOCKED,
        FOREIGN_DIRECTORY
    }

    private final Code code;
    private final Outcome outcome;

    private StorageException(Code code, Outcome outcome, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
        this.outcome = outcome;
    }

    private StorageException(Code code, Outcome outcome, String message) {
        super(message);
        this.code = code;
        this.outcome = outcome;
    }

    private StorageException(Code code, String message) {
        this(code, Outcome.NOT_APPLIED, message);
    }

    private StorageException(StorageException refusal, Outcome outcome) {
        super(refusal.getMessage(), refusal.getCause());
        code = refusal.code;
        this.outcome = outcome;
    }

    /**
     * The same error with outcome UNKNOWN: for a batch that may be in the log, or a change that may
     * apply.
     */
    StorageException unknown() {
        return this;
    }

    public Code code() {
        return code;
    }

    public Outcome outcome() {
        return outcome;
    }

    /** The limit that was reached, where there is one. */
    public Optional<Limit> limit() {
        return Optional.empty();
    }

    /**
     * A limit of the store or the topic.
     *
     * @param field its field of {@link StoreConfig} or {@link TopicConfig}
     * @param value in the unit of that field; durations in milliseconds
     */
    public record Limit(String field, long value) {}

    /** The offset is not in the log: it is trimmed, or above the readable end. */
    public static final class OffsetOutOfRange extends StorageException {
        private static final long serialVersionUID = 1L;
        private final long start;
        private final long end;

        public OffsetOutOfRange(String topic, long requested, long start, long end) {
            super(
                    Code.OFFSET_OUT_OF_RANGE,
                    "offset " + requested + " of topic " + topic + " is not in the readable range "
                            + start + ".." + end);
            this.start = start;
            this.end = end;
        }

        private OffsetOutOfRange(String message, long start, long end) {
            super(Code.OFFSET_OUT_OF_RANGE, message);
            this.start = start;
            this.end = end;
        }

        /**
         * The log was truncated while a caller read it: records that were read may not be in the
         * log any more.
         */
        static OffsetOutOfRange afterCut(String topic, long reached, long start, long end) {
            return new OffsetOutOfRange(
                    "topic " + topic + " was cut while it was read; offset " + reached
                            + " was reached, the log is " + start + ".." + end + " now",
                    start,
                    end);
        }

        /** Smallest offset that can be read. */
        public long startOffset() {
            return start;
        }

        /** Readable end, exclusive; asking for exactly this offset waits for the next record. */
        public long endOffset() {
            return end;
        }
    }

    /** A record or batch is over its limit. */
    public static final class RecordTooLarge extends StorageException {
        private static final long serialVersionUID = 1L;

        public RecordTooLarge(String field, long bytes, long limit) {
            super(Code.RECORD_TOO_LARGE, field + " is " + bytes + " bytes, the limit is " + limit);
        }
    }

    /** The bytes are not a record batch, or not one that may be appended. */
    public static final class InvalidBatch extends StorageException {
        private static final long serialVersionUID = 1L;

        public InvalidBatch(String message) {
            super(Code.INVALID_BATCH, message);
        }
    }

    /**
     * The timestamp of a record is too far from the clock of the node; see {@link TimestampBounds}.
     */
    public static final class InvalidTimestamp extends StorageException {
        private static final long serialVersionUID = 1L;
        private final transient Limit limit;

        InvalidTimestamp(long timestamp, long nowMillis, String side, Limit limit) {
            super(
                    Code.INVALID_TIMESTAMP,
                    "timestamp " + timestamp + " is more than " + limit.value() + " ms " + side
                            + " the node's clock, " + nowMillis
                            + " (timestamps are milliseconds since 1970; the topic's limit is "
                            + limit.field() + ")");
            this.limit = limit;
        }

        @Override
        public Optional<Limit> limit() {
            return Optional.ofNullable(limit);
        }
    }

    /** Durable bytes have changed. Damaged records are never served. */
    public static final class CorruptLog extends StorageException {
        private static final long serialVersionUID = 1L;
        private final String file;

        public CorruptLog(Path file, long position, String what) {
            super(Code.CORRUPT_LOG, what + " at byte " + position + " of " + file);
            this.file = file.toString();
        }

        /** Path of the damaged file. */
        public String file() {
            return file;
        }
    }

    /** A later release wrote the files. They are left as they are. */
    public static final class UnsupportedFormat extends StorageException {
        private static final long serialVersionUID = 1L;

        public UnsupportedFormat(Path file, int version, int supported) {
            super(
                    Code.UNSUPPORTED_FORMAT,
                    file + " has format version " + version + ", this release reads up to "
                            + supported + ": open it with a later release");
        }
    }

    /**
     * The disk is full, or has less free space than the reserve. Reads go on; appends resume when
     * there is enough space.
     */
    public static final class DiskFull extends StorageException {
        private static final long serialVersionUID = 1L;

        private final OptionalLong reserveBytes;

        public DiskFull(String message) {
            super(Code.STORAGE_FULL, message);
            reserveBytes = OptionalLong.empty();
        }

        DiskFull(String message, long reserveBytes) {
            super(Code.STORAGE_FULL, message);
            this.reserveBytes = OptionalLong.of(reserveBytes);
        }

        private DiskFull(DiskFull refusal) {
            super(refusal, Outcome.UNKNOWN);
            reserveBytes = refusal.reserveBytes;
        }

        @Override
        StorageException unknown() {
            return new DiskFull(this);
        }

        @Override
        public Optional<Limit> limit() {
            return reserveBytes.isPresent()
                    ? Optional.of(new Limit("reserveBytes", reserveBytes.getAsLong()))
                    : Optional.empty();
        }
    }

    /**
     * A write or a force failed, and not because the disk is full. The log takes no appends until
     * the store is opened again.
     */
    public static final class DiskFailed extends StorageException {
        private static final long serialVersionUID = 1L;

        public DiskFailed(String what, Throwable cause, Outcome outcome) {
            super(Code.DISK_FAILED, outcome, what + ": " + IoErrors.describe(cause), cause);
        }

        private DiskFailed(DiskFailed refusal) {
            super(refusal, Outcome.UNKNOWN);
        }

        @Override
        StorageException unknown() {
            return new DiskFailed(this);
        }
    }

    /**
     * A bug, or a shortage of memory or threads, ended a thread of the engine. The store takes no
     * appends until it is opened again.
     */
    public static final class EngineFailed extends StorageException {
        private static final long serialVersionUID = 1L;

        public EngineFailed(String what, Throwable cause, Outcome outcome) {
            super(Code.ENGINE_FAILED, outcome, what + ": " + cause, cause);
        }

        private EngineFailed(EngineFailed refusal) {
            super(refusal, Outcome.UNKNOWN);
        }

        @Override
        StorageException unknown() {
            return new EngineFailed(this);
        }
    }

    /** The store or topic was closed or deleted. */
    public static sealed class Closed extends StorageException permits TopicDeleted, Replaced {
        private static final long serialVersionUID = 1L;

        public Closed(String what) {
            this(Code.CLOSED, what + " is closed");
        }

        private Closed(Code code, String message) {
            super(code, message);
        }

        private Closed(Closed refusal) {
            super(refusal, Outcome.UNKNOWN);
        }

        @Override
        StorageException unknown() {
            return new Closed(this);
        }
    }

    /** The topic was deleted during its use. A later topic of the same name is another topic. */
    public static final class TopicDeleted extends Closed {
        private static final long serialVersionUID = 1L;

        public TopicDeleted(String topic) {
            super(Code.TOPIC_DELETED, "topic " + topic + " was deleted");
        }

        private TopicDeleted(TopicDeleted refusal) {
            super(refusal);
        }

        @Override
        StorageException unknown() {
            return new TopicDeleted(this);
        }
    }

    /**
     * This copy of the topic was replaced by an empty one, which a node fetches from another; see
     * {@link LogStore#renewTopicAsync}. The topic still exists: the same call can succeed at once
     * on another node, and here later.
     */
    public static final class Replaced extends Closed {
        private static final long serialVersionUID = 1L;

        Replaced(String topic) {
            super(Code.CLOSED, "this copy of topic " + topic + " is damaged and being replaced");
        }

        private Replaced(Replaced refusal) {
            super(refusal);
        }

        @Override
        StorageException unknown() {
            return new Replaced(this);
        }
    }

    public static final class TopicExists extends StorageException {
        private static final long serialVersionUID = 1L;

        public TopicExists(String topic) {
            super(Code.TOPIC_EXISTS, "topic " + topic + " exists already");
        }
    }

    public static final class UnknownTopic extends StorageException {
        private static final long serialVersionUID = 1L;

        public UnknownTopic(String topic) {
            super(Code.UNKNOWN_TOPIC, "topic " + topic + " does not exist");
        }
    }

    public static final class InvalidTopic extends StorageException {
        private static final long serialVersionUID = 1L;

        public InvalidTopic(String message) {
            super(Code.INVALID_TOPIC, message);
        }
    }

    public static final class TooManyTopics extends StorageException {
        private static final long serialVersionUID = 1L;

        private final int limit;

        public TooManyTopics(int limit) {
            super(
                    Code.TOO_MANY_TOPICS,
                    "there are " + limit + " topics already, the limit (maxTopics)");
            this.limit = limit;
        }

        @Override
        public Optional<Limit> limit() {
            return Optional.of(new Limit("maxTopics", limit));
        }
    }

    /** A conditional append expected another end of the log. */
    public static final class EndOffsetMismatch extends StorageException {
        private static final long serialVersionUID = 1L;
        private final long actual;

        public EndOffsetMismatch(String topic, long expected, long actual) {
            super(
                    Code.END_OFFSET_MISMATCH,
                    "topic " + topic + " ends at offset " + actual + ", not at the expected "
                            + expected);
            this.actual = actual;
        }

        private EndOffsetMismatch(EndOffsetMismatch refusal) {
            super(refusal, Outcome.UNKNOWN);
            actual = refusal.actual;
        }

        @Override
        StorageException unknown() {
            return new EndOffsetMismatch(this);
        }

        /** Where the log ends. */
        public long actualEndOffset() {
            return actual;
        }
    }

    /** The log takes no local appends, or none of the expected epoch: another node leads. */
    public static final class NotLeading extends StorageException {
        private static final long serialVersionUID = 1L;

        public NotLeading(String message) {
            super(Code.NOT_LEADING, message);
        }

        private NotLeading(NotLeading refusal) {
            super(refusal, Outcome.UNKNOWN);
        }

        @Override
        StorageException unknown() {
            return new NotLeading(this);
        }
    }

    /** A batch that a leader stamped reached a log that is led here. */
    public static final class NotFollowing extends StorageException {
        private static final long serialVersionUID = 1L;

        public NotFollowing(String topic, int epoch) {
            super(
                    Code.NOT_FOLLOWING,
                    "topic " + topic + " is led here at epoch " + epoch
                            + " and takes no batches of another leader");
        }
    }

    /** A truncation would cut committed records. Nothing was cut. */
    public static final class BelowHighWatermark extends StorageException {
        private static final long serialVersionUID = 1L;
        private final long highWatermark;

        public BelowHighWatermark(String topic, long cut, long highWatermark) {
            super(
                    Code.BELOW_HIGH_WATERMARK,
                    "topic " + topic + " would be cut at offset " + cut
                            + ", below its high watermark " + highWatermark);
            this.highWatermark = highWatermark;
        }

        /** Exclusive end of the committed records. */
        public long highWatermark() {
            return highWatermark;
        }
    }

    /**
     * A producer with the same id and a higher epoch has taken over. This call appended nothing. An
     * earlier copy of the batch may be in the log, and the log does not know any more: the outcome
     * is UNKNOWN.
     */
    public static final class ProducerFenced extends StorageException {
        private static final long serialVersionUID = 1L;

        public ProducerFenced(long producerId, int epoch, int current) {
            super(
                    Code.PRODUCER_FENCED,
                    Outcome.UNKNOWN,
                    "producer " + producerId + " with epoch " + epoch + " is fenced by its epoch "
                            + current);
        }
    }

    /**
     * The sequence is not the next one of its producer. If it is too high (NOT_APPLIED), a batch
     * before this one is missing; the batches of an epoch have no gaps, so this one is not in the
     * log either. If it is too low (UNKNOWN), records of that sequence were appended before: it is
     * a repeat too old to be answered with its offset.
     */
    public static final class OutOfOrderSequence extends StorageException {
        private static final long serialVersionUID = 1L;

        OutOfOrderSequence(long producerId, int sequence, int expected, boolean appendedBefore) {
            super(
                    Code.OUT_OF_ORDER_SEQUENCE,
                    appendedBefore ? Outcome.UNKNOWN : Outcome.NOT_APPLIED,
                    "producer " + producerId + " sent sequence " + sequence + ", expected is "
                            + expected
                            + (appendedBefore
                                    ? "; that sequence was appended before, where is not remembered"
                                    : ""));
        }
    }

    /**
     * The producer does not begin at sequence 0, and is not, or no longer, known here. This call
     * appended nothing. Whether an earlier copy is in the log was forgotten with the producer, so
     * the outcome is UNKNOWN (as in KIP-360).
     */
    public static final class UnknownProducer extends StorageException {
        private static final long serialVersionUID = 1L;

        public UnknownProducer(long producerId, int sequence) {
            super(
                    Code.UNKNOWN_PRODUCER,
                    Outcome.UNKNOWN,
                    "producer " + producerId + " is not known here and sequence " + sequence
                            + " is not a start (0); it may have been forgotten");
        }
    }

    /** A limit was reached; try again when there is less load. */
    public static final class Overloaded extends StorageException {
        private static final long serialVersionUID = 1L;

        public Overloaded(String field, long limit) {
            super(Code.OVERLOADED, field + " has reached its limit of " + limit);
        }

        /** The message itself names the limit. */
        Overloaded(@Nullable String message) {
            super(Code.OVERLOADED, String.valueOf(message));
        }

        private Overloaded(Overloaded refusal) {
            super(refusal, Outcome.UNKNOWN);
        }

        @Override
        StorageException unknown() {
            return new Overloaded(this);
        }
    }

    /** Another process, or another store of this process, has the directory open. */
    public static final class DirectoryLocked extends StorageException {
        private static final long serialVersionUID = 1L;

        public DirectoryLocked(Path directory, String holder) {
            super(Code.DIRECTORY_LOCKED, "data directory " + directory + " is in use by " + holder);
        }
    }

    /** The directory holds files that Lignum did not write. They are left as they are. */
    public static final class ForeignDirectory extends StorageException {
        private static final long serialVersionUID = 1L;

        public ForeignDirectory(Path directory, String found) {
            super(
                    Code.FOREIGN_DIRECTORY,
                    "data directory " + directory + " holds " + found
                            + ", which this Lignum did not write; nothing was"
                            + " touched. Choose an empty directory. Data of the Go program is brought over by reading it"
                            + " from the old node and sending it to this one");
        }
    }
}
