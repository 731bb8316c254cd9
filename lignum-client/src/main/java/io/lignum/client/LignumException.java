package io.lignum.client;

import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Why a call failed, and what that means for the data. Everything that may pass by itself has been
 * tried again already when it is seen, for as long as the call was allowed to take.
 */
public abstract sealed class LignumException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What happened to the data of the call. */
    public enum Outcome {
        /** Nothing to happen: the call changes nothing. */
        NONE,
        /** Nothing was changed: safe to send again. */
        NOT_APPLIED,
        /** It may be there or not; sent again it may be there twice. */
        UNKNOWN
    }

    /** What an exception is made of. */
    record Details(
            String code,
            Outcome outcome,
            String message,
            @Nullable Throwable cause,
            @Nullable String subject,
            OptionalLong first,
            OptionalLong second) {

        static Details of(String code, Outcome outcome, String message) {
            return new Details(
                    code, outcome, message, null, null, OptionalLong.empty(), OptionalLong.empty());
        }

        Details cause(@Nullable Throwable newCause) {
            return new Details(code, outcome, message, newCause, subject, first, second);
        }

        /** The field that is wrong, the limit that was hit, the topic, or the leader. */
        Details about(@Nullable String newSubject) {
            return new Details(code, outcome, message, cause, newSubject, first, second);
        }

        /** The limit's value, an offset, or the ends of the log. */
        Details numbers(OptionalLong newFirst, OptionalLong newSecond) {
            return new Details(code, outcome, message, cause, subject, newFirst, newSecond);
        }
    }

    private final String code;
    private final Outcome outcome;

    private LignumException(Details details) {
        super(details.message, details.cause);
        this.code = details.code;
        this.outcome = details.outcome;
    }

    /** The kind as the node calls it, for instance {@code STORAGE_FULL}; stable. */
    public final String code() {
        return code;
    }

    /** What happened to the data. */
    public final Outcome outcome() {
        return outcome;
    }

    /** The request breaks a rule; sent again it would break it again. */
    public static final class InvalidRequest extends LignumException {
        private static final long serialVersionUID = 1L;
        private final @Nullable String field;

        InvalidRequest(Details details) {
            super(details);
            this.field = details.subject;
        }

        /** The field that is wrong, for instance {@code topic}, if it is one. */
        public Optional<String> field() {
            return Optional.ofNullable(field);
        }
    }

    /** There is no topic of that name, or no longer. */
    public static final class UnknownTopic extends LignumException {
        private static final long serialVersionUID = 1L;

        UnknownTopic(Details details) {
            super(details);
        }
    }

    /**
     * The topic was deleted and created again since it was read: it is another one, in which the
     * position means nothing. {@link WhenRecreated#START_OVER} reads that one instead.
     */
    public static final class TopicRecreated extends LignumException {
        private static final long serialVersionUID = 1L;

        TopicRecreated(Details details) {
            super(details);
        }
    }

    /** There is a topic of that name already. */
    public static final class TopicExists extends LignumException {
        private static final long serialVersionUID = 1L;

        TopicExists(Details details) {
            super(details);
        }
    }

    /** The offset is not in the log: trimmed, or the log is not what it was. */
    public static final class OffsetOutOfRange extends LignumException {
        private static final long serialVersionUID = 1L;
        private final long logStart;
        private final long logEnd;

        OffsetOutOfRange(Details details) {
            super(details);
            this.logStart = details.first.orElse(0);
            this.logEnd = details.second.orElse(0);
        }

        /** First offset that can be read, inclusive. */
        public long logStart() {
            return logStart;
        }

        /** First offset that cannot be read yet, exclusive. */
        public long logEnd() {
            return logEnd;
        }
    }

    /** A record or batch is over a limit in bytes. */
    public static final class TooLarge extends LignumException {
        private static final long serialVersionUID = 1L;
        private final @Nullable String limit;
        private final long limitBytes;

        TooLarge(Details details) {
            super(details);
            this.limit = details.subject;
            this.limitBytes = details.first.orElse(0);
        }

        /** The limit's name: a key of the node's configuration, or a setting of the client. */
        public Optional<String> limit() {
            return Optional.ofNullable(limit);
        }

        /** Its value in bytes; 0 when the node did not say. */
        public long limitBytes() {
            return limitBytes;
        }
    }

    /** The node has too much to do at once, or is not ready yet, for longer than was waited. */
    public static final class Overloaded extends LignumException {
        private static final long serialVersionUID = 1L;
        private final @Nullable String limit;

        Overloaded(Details details) {
            super(details);
            this.limit = details.subject;
        }

        /** The node's limit that was hit, if it was one. */
        public Optional<String> limit() {
            return Optional.ofNullable(limit);
        }
    }

    /** There is no room on the node's disk; reads go on. */
    public static final class StorageFull extends LignumException {
        private static final long serialVersionUID = 1L;

        StorageFull(Details details) {
            super(details);
        }
    }

    /** The node's disk failed. */
    public static final class StorageFailed extends LignumException {
        private static final long serialVersionUID = 1L;

        StorageFailed(Details details) {
            super(details);
        }
    }

    /** The node found damage in the log. */
    public static final class CorruptLog extends LignumException {
        private static final long serialVersionUID = 1L;

        CorruptLog(Details details) {
            super(details);
        }
    }

    /** Another producer has this identity, with a higher epoch or the same; this one is over. */
    public static final class Fenced extends LignumException {
        private static final long serialVersionUID = 1L;

        Fenced(Details details) {
            super(details);
        }
    }

    /** The node does not remember this producer, so it cannot tell whether it has the batch. */
    public static final class UnknownProducer extends LignumException {
        private static final long serialVersionUID = 1L;

        UnknownProducer(Details details) {
            super(details);
        }
    }

    /**
     * The node asked does not lead, or nobody does at the moment. Nothing was done; for how long
     * another node was looked for depends on the call.
     */
    public static final class NotLeader extends LignumException {
        private static final long serialVersionUID = 1L;
        private final @Nullable String leader;

        NotLeader(Details details) {
            super(details);
            this.leader = details.subject;
        }

        /** Where the leader is as far as the node knew, as {@code host:port} of its gRPC port. */
        public Optional<String> leader() {
            return Optional.ofNullable(leader);
        }
    }

    /** Fewer in-sync replicas answer than the topic demands. Nothing was done. */
    public static final class NotEnoughReplicas extends LignumException {
        private static final long serialVersionUID = 1L;

        NotEnoughReplicas(Details details) {
            super(details);
        }
    }

    /** The leader was lost, or its replicas were silent, before the append was committed. */
    public static final class CommitUnknown extends LignumException {
        private static final long serialVersionUID = 1L;

        CommitUnknown(Details details) {
            super(details);
        }
    }

    /** The cluster's coordinator, or the node that must be asked, does not answer. */
    public static final class CoordinatorUnavailable extends LignumException {
        private static final long serialVersionUID = 1L;

        CoordinatorUnavailable(Details details) {
            super(details);
        }
    }

    /** No node that answered has got as far as the read demands, for as long as was waited. */
    public static final class NotCaughtUp extends LignumException {
        private static final long serialVersionUID = 1L;

        NotCaughtUp(Details details) {
            super(details);
        }
    }

    /**
     * The log is no longer the one that was read: a failover has replaced its end. That happens to
     * topics that are not replicated live.
     */
    public static final class LogTruncated extends LignumException {
        private static final long serialVersionUID = 1L;
        private final long divergence;
        private final int epoch;

        LogTruncated(Details details) {
            super(details);
            this.divergence = details.first.orElse(0);
            this.epoch = (int) details.second.orElse(0);
        }

        /** Of the record before the divergence, in the log as it is. */
        int epoch() {
            return epoch;
        }

        /** What was read at and above this offset is not in the log, or something else is. */
        public long divergence() {
            return divergence;
        }
    }

    /** No answer in the time allowed. */
    public static final class Timeout extends LignumException {
        private static final long serialVersionUID = 1L;

        Timeout(Details details) {
            super(details);
        }
    }

    /**
     * The node does not serve this caller; the message says what to do. Trying again is of no use.
     */
    public static final class AccessDenied extends LignumException {
        private static final long serialVersionUID = 1L;

        AccessDenied(Details details) {
            super(details);
        }
    }

    /** The connection could not be made, or broke before the answer came. */
    public static final class Disconnected extends LignumException {
        private static final long serialVersionUID = 1L;

        Disconnected(Details details) {
            super(details);
        }
    }

    /** The producer holds as many bytes as it may, and was told not to wait for longer. */
    public static final class BufferFull extends LignumException {
        private static final long serialVersionUID = 1L;

        BufferFull(Details details) {
            super(details);
        }
    }

    /** The client, producer or consumer is closed. */
    public static final class Closed extends LignumException {
        private static final long serialVersionUID = 1L;

        Closed(Details details) {
            super(details);
        }
    }

    /** The codec given by the user does not understand a record. */
    public static final class UndecodableRecord extends LignumException {
        private static final long serialVersionUID = 1L;
        private final String topic;
        private final long offset;

        UndecodableRecord(Details details) {
            super(details);
            this.topic = details.subject == null ? "" : details.subject;
            this.offset = details.first.orElse(0);
        }

        public String topic() {
            return topic;
        }

        /** Offset of the record. */
        public long offset() {
            return offset;
        }
    }

    /** What is there is no Lignum node, or one that cannot do this. */
    public static final class Unsupported extends LignumException {
        private static final long serialVersionUID = 1L;

        Unsupported(Details details) {
            super(details);
        }
    }

    /** A bug of the node, or an answer that makes no sense. */
    public static final class ServerError extends LignumException {
        private static final long serialVersionUID = 1L;

        ServerError(Details details) {
            super(details);
        }
    }
}
