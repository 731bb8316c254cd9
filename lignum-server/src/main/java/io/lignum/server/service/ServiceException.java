package io.lignum.server.service;

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

    private ServiceException(
            ErrorCode code, Outcome outcome, String message, @Nullable Detail detail) {
        super(message, detail == null ? null : detail.cause);
        this.code = code;
        this.outcome = outcome;
        this.field = detail == null ? null : detail.field;
        this.limit = detail == null ? null : detail.limit;
    }

    private record Detail(
            @Nullable String field,
            @Nullable LimitHit limit,
            @Nullable Throwable cause) {}

    /** Nothing was done. */
    public static ServiceException refused(ErrorCode code, String message) {
        return new ServiceException(code, Outcome.NOT_APPLIED, message, null);
    }

    /** The field named holds something that cannot be taken. Nothing was done. */
    public static ServiceException invalid(String field, String message) {
        return refusedField(ErrorCode.INVALID_ARGUMENT, field, message);
    }

    static ServiceException refusedField(ErrorCode code, String field, String message) {
        return new ServiceException(
                code, Outcome.NOT_APPLIED, message, new Detail(field, null, null));
    }

    /** Above a limit of the configuration. Nothing was done. */
    public static ServiceException overLimit(
            ErrorCode code, String limitKey, long value, String message) {
        String told = message + "; the limit " + limitKey + " is " + value;
        LimitHit limit = new LimitHit(limitKey, value);
        return new ServiceException(code, Outcome.NOT_APPLIED, told, new Detail(null, limit, null));
    }

    static ServiceException caused(
            ErrorCode code, Outcome outcome, String message, Throwable cause) {
        return new ServiceException(code, outcome, message, new Detail(null, null, cause));
    }

    static ServiceException causedByField(
            ErrorCode code, String field, String message, Throwable cause) {
        return new ServiceException(
                code, Outcome.NOT_APPLIED, message, new Detail(field, null, cause));
    }

    /** Whatever was thrown, told as an error of the service. */
    public static ServiceException of(Throwable any) {
        return ErrorMapping.map(any);
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
}
