package io.lignum.server.service;

import io.lignum.cluster.ClusterException.Leader;
import io.lignum.server.access.Refusal;
import io.lignum.storage.EpochEnd;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/**
 * The only error that a call of the service raises, or completes a future with. A caller may
 * repeat the call if the outcome is NOT_APPLIED and the cause is gone.
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

    /** The caller is not served. Nothing was done. */
    public static ServiceException refused(Refusal refusal) {
        return refused(ErrorCode.of(refusal.reason()), refusal.message());
    }

    /** The field named holds something that cannot be taken. Nothing was done. */
    public static ServiceException invalid(String field, String message) {
        return refusedField(ErrorCode.INVALID_ARGUMENT, field, message);
    }

    static ServiceException refusedField(ErrorCode code, String field, String message) {
        return new ServiceException(
                code, Outcome.NOT_APPLIED, message, Detail.ofField(field, null));
    }

    /** Above a limit of the configuration. Nothing was done. */
    public static ServiceException overLimit(
            ErrorCode code, String limitKey, long value, String message) {
        String told = message + "; the limit " + limitKey + " is " + value;
        LimitHit limit = new LimitHit(limitKey, value);
        return new ServiceException(code, Outcome.NOT_APPLIED, told, Detail.ofLimit(limit));
    }

    static ServiceException caused(
            ErrorCode code, Outcome outcome, String message, Throwable cause) {
        return new ServiceException(code, outcome, message, Detail.ofCause(cause));
    }

    /** As {@link #overLimit}, found by the engine. */
    static ServiceException causedByLimit(
            ErrorCode code, Outcome outcome, LimitHit limit, Throwable cause) {
        String told = cause.getMessage() + "; the limit " + limit.name() + " is " + limit.value();
        String field = code == ErrorCode.INVALID_TIMESTAMP ? "timestamp" : null;
        return new ServiceException(
                code, outcome, told, new Detail(field, limit, cause, null, null));
    }

    static ServiceException causedByField(
            ErrorCode code, String field, String message, Throwable cause) {
        return new ServiceException(
                code, Outcome.NOT_APPLIED, message, Detail.ofField(field, cause));
    }

    /** Another node leads, or none; whoever asks may go to the one named. Nothing was done. */
    public static ServiceException notLeader(String message, @Nullable Leader leader) {
        return new ServiceException(
                ErrorCode.NOT_LEADER,
                Outcome.NOT_APPLIED,
                message,
                new Detail(null, null, null, leader, null));
    }

    /** The reader has read what is not in this log. */
    static ServiceException truncated(String message, EpochEnd divergence) {
        return new ServiceException(
                ErrorCode.LOG_TRUNCATED,
                Outcome.NOT_APPLIED,
                message,
                new Detail(null, null, null, null, divergence));
    }

    /** Whatever was thrown, told as an error of the service. */
    public static ServiceException of(Throwable any) {
        return ErrorMapping.map(any);
    }

    /** Returns the same error, of another field of the request. */
    ServiceException ofField(String field) {
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

    /** With INTERNAL: what was thrown that nothing was prepared for. */
    public Optional<Throwable> bug() {
        return RequestFailures.bugOf(this, getCause());
    }

    /** With NOT_LEADER: who leads, if that is known. */
    public Optional<Leader> leader() {
        return Optional.ofNullable(leader);
    }

    /** With LOG_TRUNCATED: the log's largest epoch not above the reader's, and where it ends. */
    public Optional<EpochEnd> divergence() {
        return Optional.ofNullable(divergence);
    }
}
