package io.lignum.client.internal.net;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.lignum.api.ErrorDetail;
import io.lignum.client.LignumException;
import io.lignum.client.LignumException.Details;
import io.lignum.client.LignumException.Outcome;
import io.lignum.client.internal.errors.Errors;
import io.lignum.record.IoErrors;

import org.jspecify.annotations.Nullable;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;
import java.util.OptionalLong;

/** Translates errors of nodes and of gRPC to exceptions. */
public final class WireErrors {

    private static final Metadata.Key<ErrorDetail> DETAILS =
            ProtoUtils.keyForProto(ErrorDetail.getDefaultInstance());

    private WireErrors() {}

    /**
     * The error of a call that has failed. It can be retried if the credentials that the node did
     * not accept have been replaced since.
     *
     * @param changes whether the call changes data; otherwise the error has no outcome
     */
    public static LignumException of(Status status, @Nullable Metadata trailers, boolean changes) {
        ErrorDetail detail = trailers == null ? null : trailers.get(DETAILS);
        LignumException error = detail != null && !detail.getCode().isEmpty()
                ? of(detail, changes)
                : of(status, changes);
        return error instanceof LignumException.NotAuthenticated
                        && AuthorizationInterceptor.isReplaced(trailers)
                ? Errors.disconnected(error)
                : error;
    }

    /** The trailers of a call that failed in the client, before anything was sent. */
    static Metadata trailersOf(String code, String message) {
        Metadata trailers = new Metadata();
        trailers.put(
                DETAILS,
                ErrorDetail.newBuilder()
                        .setCode(code)
                        .setMessage(message)
                        .setOutcome(ErrorDetail.Outcome.NOT_APPLIED)
                        .build());
        return trailers;
    }

    private static LignumException of(Status status, boolean changes) {
        Optional<String> tls = TlsFailures.of(status);
        if (tls.isPresent()) {
            return new LignumException.TlsFailed(Details.of(
                            "TLS_FAILED", changes ? Outcome.NOT_APPLIED : Outcome.NONE, tls.get())
                    .cause(status.getCause()));
        }
        boolean unsent = neverConnected(status.getCause());
        Outcome outcome = !changes
                ? Outcome.NONE
                : unsent || status.getCode() == Status.Code.UNIMPLEMENTED
                        ? Outcome.NOT_APPLIED
                        : Outcome.UNKNOWN;
        String text = said(status);
        return switch (status.getCode()) {
            case UNIMPLEMENTED ->
                new LignumException.Unsupported(Details.of(
                        "UNSUPPORTED", outcome, "the server is not a Lignum node, " + text));
            // The description of gRPC is about its own buffers.
            case DEADLINE_EXCEEDED -> Errors.timeout("the node did not answer in time", outcome);
            case UNAVAILABLE, CANCELLED, RESOURCE_EXHAUSTED ->
                new LignumException.Disconnected(
                        Details.of("DISCONNECTED", outcome, text).cause(status.getCause()));
            case UNAUTHENTICATED ->
                new LignumException.NotAuthenticated(
                        Details.of(Errors.NOT_AUTHENTICATED, outcome, text)
                                .cause(status.getCause()));
            case PERMISSION_DENIED ->
                new LignumException.AccessDenied(
                        Details.of("ACCESS_DENIED", outcome, text).cause(status.getCause()));
            default -> Errors.invalidAnswer(text, outcome, status.getCause());
        };
    }

    private static String said(Status status) {
        StringBuilder text = new StringBuilder(status.getCode().name());
        if (status.getDescription() != null) {
            text.append(": ").append(status.getDescription());
        }
        if (status.getCause() != null) {
            text.append(": ").append(IoErrors.describe(status.getCause()));
        }
        return text.toString();
    }

    /** Whether the cause proves that nothing was sent. */
    private static boolean neverConnected(@Nullable Throwable cause) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof ConnectException
                    || at instanceof UnknownHostException
                    || at instanceof UnresolvedAddressException) {
                return true;
            }
        }
        return false;
    }

    public static LignumException of(ErrorDetail detail, boolean changes) {
        Details details = Details.of(
                        detail.getCode(),
                        changes ? outcome(detail) : Outcome.NONE,
                        detail.getCode() + ": " + detail.getMessage())
                .about(subject(detail));
        return switch (detail.getCode()) {
            case "INVALID_ARGUMENT",
                    "INVALID_TOPIC",
                    "INVALID_BATCH",
                    "INVALID_TIMESTAMP",
                    "END_OFFSET_MISMATCH" -> new LignumException.InvalidRequest(details);
            case "UNSUPPORTED_BATCH", "UNSUPPORTED_FORMAT" ->
                new LignumException.Unsupported(details);
            case "UNKNOWN_TOPIC" -> new LignumException.UnknownTopic(details);
            case "TOPIC_EXISTS" -> new LignumException.TopicExists(details);
            case "OFFSET_OUT_OF_RANGE" ->
                new LignumException.OffsetOutOfRange(details.numbers(
                        OptionalLong.of(detail.getLogStart()),
                        OptionalLong.of(detail.getLogEnd())));
            case "MESSAGE_TOO_LARGE", "BATCH_TOO_LARGE", Errors.REQUEST_TOO_LARGE ->
                new LignumException.TooLarge(
                        details.numbers(limitValue(detail), OptionalLong.empty()));
            case "NOT_LEADER" ->
                new LignumException.NotLeader(
                        details.about(leader(detail).map(Address::toString).orElse(null)));
            case "LOG_TRUNCATED" ->
                new LignumException.LogTruncated(details.numbers(
                        OptionalLong.of(detail.getDivergence().getOffset()),
                        OptionalLong.of(detail.getDivergence().getEpoch())));
            default -> ofState(details);
        };
    }

    /** The leader's address, if the error contains a valid one. */
    public static Optional<Address> leader(ErrorDetail detail) {
        return detail.hasLeader()
                ? Address.of(detail.getLeader().getHost(), detail.getLeader().getGrpcPort())
                : Optional.empty();
    }

    /** Errors about the state of the node or of the producer, not about the request. */
    private static LignumException ofState(Details details) {
        return switch (details.code()) {
            case "OVERLOADED", "NOT_READY", Errors.SHUTTING_DOWN ->
                new LignumException.Overloaded(details);
            case Errors.NOT_AUTHENTICATED -> new LignumException.NotAuthenticated(details);
            case "ACCESS_DENIED", "TLS_REQUIRED" -> new LignumException.AccessDenied(details);
            case "STORAGE_FULL" -> new LignumException.StorageFull(details);
            case "STORAGE_FAILED" -> new LignumException.StorageFailed(details);
            case "CORRUPT_LOG" -> new LignumException.CorruptLog(details);
            case "NOT_ENOUGH_REPLICAS" -> new LignumException.NotEnoughReplicas(details);
            case "COMMIT_UNKNOWN" -> new LignumException.CommitUnknown(details);
            case "COORDINATOR_UNAVAILABLE" -> new LignumException.CoordinatorUnavailable(details);
            case "NOT_CAUGHT_UP" -> new LignumException.NotCaughtUp(details);
            case "FAILED_PRECONDITION", "TOO_MANY_TOPICS" ->
                new LignumException.FailedPrecondition(details);
            case "PRODUCER_FENCED" -> new LignumException.Fenced(details);
            case Errors.OUT_OF_ORDER, "UNKNOWN_PRODUCER" ->
                new LignumException.UnknownProducer(details);
            default -> new LignumException.ServerError(details);
        };
    }

    private static @Nullable String subject(ErrorDetail detail) {
        String subject = detail.getLimit().isEmpty() ? detail.getField() : detail.getLimit();
        return subject.isEmpty() ? null : subject;
    }

    /** On the wire 0 means that the node did not report the value. */
    private static OptionalLong limitValue(ErrorDetail detail) {
        return detail.getLimitValue() == 0
                ? OptionalLong.empty()
                : OptionalLong.of(detail.getLimitValue());
    }

    private static Outcome outcome(ErrorDetail detail) {
        // A node that reports no outcome leaves it unknown.
        return detail.getOutcome() == ErrorDetail.Outcome.NOT_APPLIED
                ? Outcome.NOT_APPLIED
                : Outcome.UNKNOWN;
    }
}
