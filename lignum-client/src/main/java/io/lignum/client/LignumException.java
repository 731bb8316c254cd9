package io.lignum.client;

import org.jspecify.annotations.Nullable;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Why a call failed, and what happened to its data. The client has already repeated what failed for
 * a transient reason, for as long as the call may take.
 *
 * <p>The client creates these exceptions. The constructors are public so that tests of programs
 * that handle them can create them, too.
 */
@SuppressWarnings("serial") // Nothing serializes these.
public abstract sealed class LignumException extends RuntimeException {

    /** What happened to the data of the call. */
    public enum Outcome {
        /** The call does not change data. */
        NONE,
        /** The call changed nothing, and will not: it is safe to repeat it. */
        NOT_APPLIED,
        /** The change may have been made. Repeated, it may be made twice. */
        UNKNOWN
    }

    /**
     * The contents of an exception.
     *
     * @param code the kind of error in the node's terms, for instance {@code STORAGE_FULL}
     * @param subject the invalid field, the exceeded limit, the topic, or the leader, as the kind
     *     of exception defines, or null
     * @param first the limit's value, an offset, or the log start offset
     * @param second the log end offset, or an epoch
     */
    public record Details(
            String code,
            Outcome outcome,
            String message,
            @Nullable Throwable cause,
            @Nullable String subject,
            OptionalLong first,
            OptionalLong second) {

        /** Details without a cause, a subject and numbers. */
        public static Details of(String code, Outcome outcome, String message) {
            return new Details(
                    code, outcome, message, null, null, OptionalLong.empty(), OptionalLong.empty());
        }

        /** These details with a cause. */
        public Details cause(@Nullable Throwable newCause) {
            return new Details(code, outcome, message, newCause, subject, first, second);
        }

        /** These details with a subject. */
        public Details about(@Nullable String newSubject) {
            return new Details(code, outcome, message, cause, newSubject, first, second);
        }

        /** These details with numbers. */
        public Details numbers(OptionalLong newFirst, OptionalLong newSecond) {
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

    /** The kind of error in the node's terms, for instance {@code STORAGE_FULL}. It is stable. */
    public final String code() {
        return code;
    }

    /** What happened to the data of the call. */
    public final Outcome outcome() {
        return outcome;
    }

    /** The request is invalid; repeating it fails again. */
    public static final class InvalidRequest extends LignumException {
        private final @Nullable String field;

        public InvalidRequest(Details details) {
            super(details);
            this.field = details.subject;
        }

        /** The invalid field, for instance {@code topic}; empty if no single field is. */
        public Optional<String> field() {
            return Optional.ofNullable(field);
        }
    }

    /**
     * The state of the node or cluster does not allow the request: for instance, there are as many
     * topics as the node allows. Repeating the request does not help until an operator or another
     * request changes the state.
     */
    public static final class FailedPrecondition extends LignumException {
        public FailedPrecondition(Details details) {
            super(details);
        }
    }

    /** No topic has this name. */
    public static final class UnknownTopic extends LignumException {
        public UnknownTopic(Details details) {
            super(details);
        }
    }

    /**
     * The topic was deleted and created again since it was read. The position has no meaning in the
     * new topic; {@link WhenRecreated#START_OVER} reads that from its start.
     */
    public static final class TopicRecreated extends LignumException {
        public TopicRecreated(Details details) {
            super(details);
        }
    }

    /** A topic already has this name. */
    public static final class TopicExists extends LignumException {
        public TopicExists(Details details) {
            super(details);
        }
    }

    /** The log does not contain the offset: it was trimmed, or the log lost records. */
    public static final class OffsetOutOfRange extends LignumException {
        private final long logStart;
        private final long logEnd;

        /** The details contain both numbers. */
        public OffsetOutOfRange(Details details) {
            super(details);
            this.logStart = details.first.orElseThrow();
            this.logEnd = details.second.orElseThrow();
        }

        /** The first offset that can be read. */
        public long logStart() {
            return logStart;
        }

        /** The exclusive end of the log. */
        public long logEnd() {
            return logEnd;
        }
    }

    /** A record, batch or request exceeds a limit in bytes. */
    public static final class TooLarge extends LignumException {
        private final @Nullable String limit;
        private final OptionalLong limitBytes;

        public TooLarge(Details details) {
            super(details);
            this.limit = details.subject;
            this.limitBytes = details.first;
        }

        /** The exceeded limit: a key of the node's configuration, or a setting of the client. */
        public Optional<String> limit() {
            return Optional.ofNullable(limit);
        }

        /** The limit's value in bytes; empty if the node did not report it. */
        public OptionalLong limitBytes() {
            return limitBytes;
        }
    }

    /** The node is overloaded or not ready, and was so for the whole time of the call. */
    public static final class Overloaded extends LignumException {
        private final @Nullable String limit;

        public Overloaded(Details details) {
            super(details);
            this.limit = details.subject;
        }

        /** The exceeded limit of the node; empty if another limit was exceeded. */
        public Optional<String> limit() {
            return Optional.ofNullable(limit);
        }
    }

    /**
     * The client and the node do not agree on TLS: the node's certificate is not trusted, has ended
     * or lacks the name that the client connects to, the node does not accept the client's
     * certificate, or it does not use TLS. The client does not try again.
     */
    public static final class TlsFailed extends LignumException {
        public TlsFailed(Details details) {
            super(details);
        }
    }

    /** The node's disk is full. The node still answers reads. */
    public static final class StorageFull extends LignumException {
        public StorageFull(Details details) {
            super(details);
        }
    }

    /** The node's disk failed. */
    public static final class StorageFailed extends LignumException {
        public StorageFailed(Details details) {
            super(details);
        }
    }

    /** The node found damage in the log. */
    public static final class CorruptLog extends LignumException {
        public CorruptLog(Details details) {
            super(details);
        }
    }

    /**
     * Another producer uses this identity with the same or a higher epoch. This producer has ended.
     */
    public static final class Fenced extends LignumException {
        public Fenced(Details details) {
            super(details);
        }
    }

    /** The node has no state of this producer, so it does not know whether it has the batch. */
    public static final class UnknownProducer extends LignumException {
        public UnknownProducer(Details details) {
            super(details);
        }
    }

    /**
     * The node is not the leader, or the cluster has no leader. Nothing was changed. The client
     * looks for the leader as long as the call may take.
     */
    public static final class NotLeader extends LignumException {
        private final @Nullable String leader;

        public NotLeader(Details details) {
            super(details);
            this.leader = details.subject;
        }

        /** The leader known to the node, as {@code host:port} of its gRPC port. */
        public Optional<String> leader() {
            return Optional.ofNullable(leader);
        }
    }

    /** Fewer replicas are in sync than the topic demands. Nothing was changed. */
    public static final class NotEnoughReplicas extends LignumException {
        public NotEnoughReplicas(Details details) {
            super(details);
        }
    }

    /** The leader failed, or replicas did not answer, before the append was committed. */
    public static final class CommitUnknown extends LignumException {
        public CommitUnknown(Details details) {
            super(details);
        }
    }

    /** The cluster's coordinator, or a node that is needed for the answer, does not answer. */
    public static final class CoordinatorUnavailable extends LignumException {
        public CoordinatorUnavailable(Details details) {
            super(details);
        }
    }

    /** No node reached the offset that the read demands within the time of the call. */
    public static final class NotCaughtUp extends LignumException {
        public NotCaughtUp(Details details) {
            super(details);
        }
    }

    /**
     * A failover has replaced records that were read. This happens only to topics that are not
     * replicated live.
     */
    public static final class LogTruncated extends LignumException {
        private final long divergence;
        private final int epoch;

        /** The details contain both numbers: the divergence and the epoch. */
        public LogTruncated(Details details) {
            super(details);
            this.divergence = details.first.orElseThrow();
            this.epoch = Math.toIntExact(details.second.orElseThrow());
        }

        /** The epoch of the record before the divergence. */
        public int epoch() {
            return epoch;
        }

        /** The first offset at which the log may differ from what was read. */
        public long divergence() {
            return divergence;
        }
    }

    /** No answer arrived in time. The cause is the last error before, if there was one. */
    public static final class Timeout extends LignumException {
        public Timeout(Details details) {
            super(details);
        }
    }

    /**
     * The node does not accept the {@link Credentials} of the client, needs some and got none, or
     * they cannot be obtained. The client has tried again if their supplier returned others.
     */
    public static final class NotAuthenticated extends LignumException {
        public NotAuthenticated(Details details) {
            super(details);
        }
    }

    /**
     * The node does not serve this caller, or does not allow the caller this; the message says what
     * to do. Repeating does not help.
     */
    public static final class AccessDenied extends LignumException {
        public AccessDenied(Details details) {
            super(details);
        }
    }

    /** The connection could not be opened, or broke before the answer arrived. */
    public static final class Disconnected extends LignumException {
        public Disconnected(Details details) {
            super(details);
        }
    }

    /** The producer holds {@code maxBytesInFlight} bytes, and {@link WhenFull} ends the wait. */
    public static final class BufferFull extends LignumException {
        public BufferFull(Details details) {
            super(details);
        }
    }

    /** The client, producer or consumer is closed. */
    public static final class Closed extends LignumException {
        public Closed(Details details) {
            super(details);
        }
    }

    /** The consumer's codec cannot decode a record. The cause is the codec's exception. */
    public static final class UndecodableRecord extends LignumException {
        private final String topic;
        private final long offset;

        /** The details contain the topic as subject, and the offset as first number. */
        public UndecodableRecord(Details details) {
            super(details);
            this.topic = Objects.requireNonNull(details.subject, "subject");
            this.offset = details.first.orElseThrow();
        }

        /** The topic of the record. */
        public String topic() {
            return topic;
        }

        /** The offset of the record. */
        public long offset() {
            return offset;
        }
    }

    /** The server is not a Lignum node, or it or the client does not support what is needed. */
    public static final class Unsupported extends LignumException {
        public Unsupported(Details details) {
            super(details);
        }
    }

    /** The node has a bug, or its answer is invalid. */
    public static final class ServerError extends LignumException {
        public ServerError(Details details) {
            super(details);
        }
    }
}
