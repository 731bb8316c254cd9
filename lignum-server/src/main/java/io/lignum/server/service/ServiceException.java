package io.lignum.server.service;

import io.lignum.cluster.ClusterException.Leader;
import io.lignum.server.access.Refusal;
import io.lignum.storage.EpochEnd;
import io.lignum.storage.Outcome;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/**
 * The only exception that a call of the service throws, or completes a future with. The caller may
 * repeat the call if the outcome is NOT_APPLIED and the cause has ended.
 */
public final class ServiceException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final Outcome outcome;
    private final @Nullable String field;
    private final transient @Nullable LimitHit limit;
    private final transient @Nullable Leader leader;
    private final transient @Nullable EpochEnd divergence;

    private ServiceException(ErrorCode code, Outcome outcome, String message, Detail detail) {
        super(message, detail.cause);
        this.code = code;
        this.outcome = outcome;
        this.field = detail.field;
        this.limit = detail.limit;
        this.leader = detail.leader;
        this.divergence = detail.divergence;
    }

    private record Detail(
            @Nullable String field,
            @Nullable LimitHit limit,
            @Nullable Throwable cause,
            @Nullable Leader leader,
            @Nullable EpochEnd divergence) {

        static final Detail NONE = new Detail(null, null, null, null, null);

        static Detail ofField(String field, @Nullable Throwable cause) {
            return new Detail(field, null, cause, null, null);
        }

        static Detail ofLimit(LimitHit limit) {
            return new Detail(null, limit, null, null, null);
        }

        static Detail ofCause(Throwable cause) {
            return new Detail(null, null, cause, null, null);
        }
    }

    /** Nothing was done. */
    public static ServiceException refused(ErrorCode code, String message) {
        return new ServiceException(code, Outcome.NOT_APPLIED, message, Detail.NONE);
    }

    /** For a caller that is refused. Nothing was done. */
    public static ServiceException refused(Refusal refusal) {
        return refused(ErrorCode.of(refusal.reason()), refusal.message());
    }

    /** For a field with an invalid value. Nothing was done. */
    public static ServiceException invalid(String field, String message) {
        return refusedField(ErrorCode.INVALID_ARGUMENT, field, message);
    }

    static ServiceException refusedField(ErrorCode code, String field, String message) {
        return new ServiceException(
                code, Outcome.NOT_APPLIED, message, Detail.ofField(field, null));
    }

    /** For a request above a limit of the configuration. Nothing was done. */
    public static ServiceException overLimit(
            ErrorCode code, String limitKey, long value, String message) {
        String text = message + "; the limit " + limitKey + " is " + value;
        LimitHit limit = new LimitHit(limitKey, value);
        return new ServiceException(code, Outcome.NOT_APPLIED, text, Detail.ofLimit(limit));
    }

    /** The call may have taken effect. */
    static ServiceException unknown(ErrorCode code, String message) {
        return new ServiceException(code, Outcome.UNKNOWN, message, Detail.NONE);
    }

    static ServiceException caused(
            ErrorCode code, Outcome outcome, String message, Throwable cause) {
        return new ServiceException(code, outcome, message, Detail.ofCause(cause));
    }

    /** The same for a limit that the engine checks. */
    static ServiceException causedByLimit(
            ErrorCode code, Outcome outcome, LimitHit limit, Throwable cause) {
        String text = cause.getMessage() + "; the limit " + limit.name() + " is " + limit.value();
        String field = code == ErrorCode.INVALID_TIMESTAMP ? "timestamp" : null;
        return new ServiceException(
                code, outcome, text, new Detail(field, limit, cause, null, null));
    }

    static ServiceException causedByField(
            ErrorCode code, String field, String message, Throwable cause) {
        return new ServiceException(
                code, Outcome.NOT_APPLIED, message, Detail.ofField(field, cause));
    }

    /**
     * For a node that does not lead. The caller may call the leader, if one is named. Nothing was
     * done.
     */
    public static ServiceException notLeader(String message, @Nullable Leader leader) {
        return new ServiceException(
                ErrorCode.NOT_LEADER,
                Outcome.NOT_APPLIED,
                message,
                new Detail(null, null, null, leader, null));
    }

    /** For a reader that has read records which this log does not hold. */
    static ServiceException truncated(String message, EpochEnd divergence) {
        return new ServiceException(
                ErrorCode.LOG_TRUNCATED,
                Outcome.NOT_APPLIED,
                message,
                new Detail(null, null, null, null, divergence));
    }

    /** Maps any exception to an error of the service. */
    public static ServiceException of(Throwable any) {
        return ErrorMapping.map(any);
    }

    /** Returns the same error, of another field of the request. */
    public ServiceException ofField(String field) {
        return causedByField(code, field, String.valueOf(getMessage()), this);
    }

    public ErrorCode code() {
        return code;
    }

    public Outcome outcome() {
        return outcome;
    }

    /** The field of the request at fault, such as {@code topic}. */
    public Optional<String> field() {
        return Optional.ofNullable(field);
    }

    /** The limit that was hit. */
    public Optional<LimitHit> limit() {
        return Optional.ofNullable(limit);
    }

    /** With INTERNAL: the unexpected exception. */
    public Optional<Throwable> bug() {
        return RequestFailures.bugOf(this, getCause());
    }

    /** With NOT_LEADER: the leader, if it is known. */
    public Optional<Leader> leader() {
        return Optional.ofNullable(leader);
    }

    /** With LOG_TRUNCATED: the log's largest epoch not above the reader's, and where it ends. */
    public Optional<EpochEnd> divergence() {
        return Optional.ofNullable(divergence);
    }
}
