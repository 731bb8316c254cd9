package io.lignum.server.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.lignum.api.Divergence;
import io.lignum.api.ErrorDetail;
import io.lignum.api.LeaderHint;
import io.lignum.cluster.ClusterException.Leader;
import io.lignum.server.service.ErrorCode;
import io.lignum.server.service.ServiceException;
import io.lignum.storage.Outcome;
import io.lignum.storage.StorageException;

import org.jspecify.annotations.Nullable;

/**
 * Converts errors to gRPC: a status for every client, and a trailer with the code, the outcome, the
 * field and the limit. Stateless; any thread.
 */
final class WireErrors {

    static final Metadata.Key<ErrorDetail> DETAILS =
            ProtoUtils.keyForProto(ErrorDetail.getDefaultInstance());

    /** In bytes; a header may have to write each as three. */
    private static final int MAX_TEXT = 500;

    private WireErrors() {}

    /** For calls of the log service. */
    static StatusRuntimeException of(Throwable cause) {
        ServiceException error = ServiceException.of(cause);
        return raise(details(error), error);
    }

    /** For calls of the original service, which answers INVALID_ARGUMENT for an unknown topic. */
    static StatusRuntimeException ofOriginal(Throwable cause) {
        ServiceException error = ServiceException.of(cause);
        Status.Code code = error.code() == ErrorCode.UNKNOWN_TOPIC
                ? Status.Code.INVALID_ARGUMENT
                : status(error);
        return raise(details(error, code).build(), error);
    }

    /** The error that ends a stream when the node stops. What was not answered was not applied. */
    static StatusRuntimeException shuttingDown() {
        return of(ServiceException.refused(ErrorCode.SHUTTING_DOWN, "the node is shutting down"));
    }

    /** Ends a call before it begins. */
    static <Q> ServerCall.Listener<Q> refuse(ServerCall<Q, ?> call, ServiceException error) {
        StatusRuntimeException refused = of(error);
        Metadata trailers = refused.getTrailers();
        call.close(refused.getStatus(), trailers == null ? new Metadata() : trailers);
        return new ServerCall.Listener<>() {};
    }

    /**
     * For one answer within a stream of the log service, whose field for the first offset is {@code
     * offset}.
     */
    static ErrorDetail details(Throwable cause) {
        ServiceException error = ServiceException.of(cause);
        ErrorDetail.Builder details = details(error, status(error));
        return details.getField().equals("from")
                ? details.setField("offset").build()
                : details.build();
    }

    /** The cause is not sent; {@link CallFailures} sees it when the call is closed. */
    private static StatusRuntimeException raise(ErrorDetail details, ServiceException error) {
        Metadata trailers = new Metadata();
        trailers.put(DETAILS, details);
        return Status.fromCodeValue(details.getStatus())
                .withDescription(details.getMessage())
                .withCause(error.bug().orElse(null))
                .asRuntimeException(trailers);
    }

    private static ErrorDetail.Builder details(ServiceException error, Status.Code code) {
        ErrorDetail.Builder details = ErrorDetail.newBuilder()
                .setCode(error.code().name())
                .setOutcome(outcome(error))
                .setMessage(text(error))
                .setStatus(code.value());
        error.field().ifPresent(details::setField);
        error.limit()
                .ifPresent(limit -> details.setLimit(limit.name()).setLimitValue(limit.value()));
        error.leader().ifPresent(leader -> details.setLeader(hint(leader)));
        error.divergence()
                .ifPresent(end -> details.setDivergence(
                        Divergence.newBuilder().setEpoch(end.epoch()).setOffset(end.endOffset())));
        addOffsets(details, error.getCause());
        return details;
    }

    private static LeaderHint.Builder hint(Leader leader) {
        return LeaderHint.newBuilder()
                .setNodeId(leader.nodeId())
                .setHost(leader.address().host())
                .setHttpPort(leader.address().httpPort())
                .setGrpcPort(leader.address().grpcPort());
    }

    private static ErrorDetail.Outcome outcome(ServiceException error) {
        return switch (error.outcome()) {
            case NOT_APPLIED -> ErrorDetail.Outcome.NOT_APPLIED;
            case UNKNOWN -> ErrorDetail.Outcome.UNKNOWN;
        };
    }

    private static void addOffsets(ErrorDetail.Builder details, @Nullable Throwable cause) {
        if (cause instanceof StorageException.OffsetOutOfRange range) {
            details.setLogStart(range.startOffset()).setLogEnd(range.endOffset());
        } else if (cause instanceof StorageException.EndOffsetMismatch mismatch) {
            details.setLogEnd(mismatch.actualEndOffset());
        }
    }

    /** Shortens the message: trailers have a small limit, and a message may quote the request. */
    private static String text(ServiceException error) {
        String message = error.getMessage();
        if (message == null) {
            return error.code().name();
        }
        int end = 0;
        int bytes = 0;
        while (end < message.length()) {
            int character = message.codePointAt(end);
            bytes += utf8Bytes(character);
            if (bytes > MAX_TEXT) {
                return message.substring(0, end) + "...";
            }
            end += Character.charCount(character);
        }
        return message;
    }

    private static int utf8Bytes(int character) {
        if (character < 0x80) {
            return 1;
        }
        if (character < 0x800) {
            return 2;
        }
        return character < 0x10000 ? 3 : 4;
    }

    /**
     * The status of an error. An unknown outcome never has the status UNAVAILABLE: clients repeat
     * such calls by themselves, and the data would be in the log twice.
     */
    private static Status.Code status(ServiceException error) {
        return status(error.code(), error.outcome());
    }

    static Status.Code status(ErrorCode code, Outcome outcome) {
        return switch (code) {
            case INVALID_ARGUMENT,
                    INVALID_TOPIC,
                    INVALID_BATCH,
                    INVALID_TIMESTAMP,
                    UNSUPPORTED_BATCH -> Status.Code.INVALID_ARGUMENT;
            case UNKNOWN_TOPIC -> Status.Code.NOT_FOUND;
            case TOPIC_EXISTS -> Status.Code.ALREADY_EXISTS;
            case OFFSET_OUT_OF_RANGE -> Status.Code.OUT_OF_RANGE;
            case NOT_AUTHENTICATED -> Status.Code.UNAUTHENTICATED;
            case ACCESS_DENIED, TLS_REQUIRED, CROSS_ORIGIN, HOST_NOT_ALLOWED ->
                Status.Code.PERMISSION_DENIED;
            case TOO_MANY_TOPICS,
                    MESSAGE_TOO_LARGE,
                    BATCH_TOO_LARGE,
                    REQUEST_TOO_LARGE,
                    OVERLOADED,
                    STORAGE_FULL -> Status.Code.RESOURCE_EXHAUSTED;
            case FAILED_PRECONDITION,
                    END_OFFSET_MISMATCH,
                    PRODUCER_FENCED,
                    OUT_OF_ORDER_SEQUENCE,
                    UNKNOWN_PRODUCER,
                    UNSUPPORTED_FORMAT,
                    LOG_TRUNCATED -> Status.Code.FAILED_PRECONDITION;
            case COMMIT_UNKNOWN -> Status.Code.UNKNOWN;
            case NOT_READY,
                    SHUTTING_DOWN,
                    STORAGE_FAILED,
                    NOT_LEADER,
                    NOT_ENOUGH_REPLICAS,
                    COORDINATOR_UNAVAILABLE,
                    NOT_CAUGHT_UP ->
                outcome == Outcome.UNKNOWN ? Status.Code.UNKNOWN : Status.Code.UNAVAILABLE;
            case CORRUPT_LOG -> Status.Code.DATA_LOSS;
            case INTERNAL -> Status.Code.INTERNAL;
        };
    }
}
