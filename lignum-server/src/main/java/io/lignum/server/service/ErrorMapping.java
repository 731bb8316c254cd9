package io.lignum.server.service;

import io.lignum.cluster.ClusterException;
import io.lignum.record.RecordException;
import io.lignum.server.access.RefusedException;
import io.lignum.storage.Outcome;
import io.lignum.storage.StorageException;

import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * Maps the errors of the engine, the cluster and the record format to {@link ServiceException}. Any
 * thread.
 */
final class ErrorMapping {

    private ErrorMapping() {}

    static ServiceException map(Throwable any) {
        Throwable error = any;
        while ((error instanceof CompletionException || error instanceof ExecutionException)
                && error.getCause() != null) {
            error = error.getCause();
        }
        if (error instanceof ServiceException service) {
            return service;
        }
        if (error instanceof RefusedException refused) {
            return ServiceException.refused(refused.refusal());
        }
        if (error instanceof ClusterException cluster) {
            return cluster(cluster);
        }
        if (error instanceof StorageException storage) {
            return storage(storage);
        }
        if (error instanceof RecordException record) {
            return record(record);
        }
        if (error instanceof CancellationException) {
            return ServiceException.refused(ErrorCode.SHUTTING_DOWN, "the call was given up");
        }
        return ServiceException.caused(
                ErrorCode.INTERNAL, Outcome.UNKNOWN, "internal error, see the node's log", error);
    }

    /** Whether this is a typed error of a Lignum module, whose class explains it. */
    static boolean isKnown(@Nullable Throwable cause) {
        return cause instanceof ClusterException
                || cause instanceof RefusedException
                || cause instanceof StorageException
                || cause instanceof RecordException;
    }

    private static ServiceException record(RecordException e) {
        ErrorCode code = switch (e.code()) {
            case INVALID_BATCH -> ErrorCode.INVALID_BATCH;
            case UNSUPPORTED_VERSION, UNSUPPORTED_CODEC, MISSING_CODEC ->
                ErrorCode.UNSUPPORTED_BATCH;
            case TOO_LARGE -> ErrorCode.BATCH_TOO_LARGE;
        };
        return ServiceException.causedByField(code, "batch", said(e), e);
    }

    private static ServiceException cluster(ClusterException e) {
        if (e instanceof ClusterException.NotLeader elsewhere) {
            return ServiceException.notLeader(said(e), elsewhere.leader().orElse(null));
        }
        if (e instanceof ClusterException.Forwarded forwarded) {
            return mapped(leadersCode(forwarded.leadersCode()), e.outcome(), e);
        }
        return mapped(code(e.code()), e.outcome(), e);
    }

    private static ErrorCode code(ClusterException.Code code) {
        return switch (code) {
            case NOT_LEADER -> ErrorCode.NOT_LEADER;
            case NOT_ENOUGH_REPLICAS -> ErrorCode.NOT_ENOUGH_REPLICAS;
            case COMMIT_UNKNOWN -> ErrorCode.COMMIT_UNKNOWN;
            case COORDINATOR_UNAVAILABLE -> ErrorCode.COORDINATOR_UNAVAILABLE;
            case NOT_CAUGHT_UP -> ErrorCode.NOT_CAUGHT_UP;
            case INVALID_ARGUMENT -> ErrorCode.INVALID_ARGUMENT;
            case FAILED_PRECONDITION -> ErrorCode.FAILED_PRECONDITION;
            case FORWARDED -> ErrorCode.INTERNAL;
        };
    }

    /**
     * Maps the code with which the leader refused a forwarded call. A leader of a later release may
     * send one that this node does not know.
     */
    private static ErrorCode leadersCode(String name) {
        for (ClusterException.Code code : ClusterException.Code.values()) {
            if (code.name().equals(name)) {
                return code(code);
            }
        }
        for (StorageException.Code code : StorageException.Code.values()) {
            if (code.name().equals(name)) {
                return code(code);
            }
        }
        return ErrorCode.INTERNAL;
    }

    private static ServiceException storage(StorageException e) {
        boolean passes = e instanceof StorageException.Replaced;
        return mapped(passes ? ErrorCode.NOT_CAUGHT_UP : code(e.code()), e.outcome(), e);
    }

    private static ServiceException mapped(ErrorCode code, Outcome outcome, Exception e) {
        return switch (code) {
            case INVALID_TOPIC, UNKNOWN_TOPIC, TOPIC_EXISTS ->
                ServiceException.causedByField(code, "topic", said(e), e);
            case INVALID_BATCH -> ServiceException.causedByField(code, "batch", said(e), e);
            case OFFSET_OUT_OF_RANGE -> ServiceException.causedByField(code, "from", said(e), e);
            default -> {
                Optional<LimitHit> limit = limit(e);
                yield limit.isPresent()
                        ? ServiceException.causedByLimit(code, outcome, limit.get(), e)
                        : ServiceException.caused(code, outcome, said(e), e);
            }
        };
    }

    /** The key in config.yml of the engine's limit. */
    private static Optional<LimitHit> limit(Exception e) {
        Optional<StorageException.Limit> hit = Optional.empty();
        if (e instanceof StorageException storage) {
            hit = storage.limit();
        } else if (e instanceof ClusterException.Forwarded forwarded) {
            hit = forwarded.limit();
        }
        return hit.flatMap(
                limit -> key(limit.field()).map(key -> new LimitHit(key, limit.value())));
    }

    private static Optional<String> key(String field) {
        return switch (field) {
            case "reserveBytes" -> Optional.of("storage.reserve-bytes");
            case "maxTopics" -> Optional.of("limits.max-topics");
            case "timestampBeforeMax" -> Optional.of("topic.timestamp-before-max-in-ms");
            case "timestampAfterMax" -> Optional.of("topic.timestamp-after-max-in-ms");
            default -> Optional.empty();
        };
    }

    private static ErrorCode code(StorageException.Code code) {
        return switch (code) {
            case OFFSET_OUT_OF_RANGE -> ErrorCode.OFFSET_OUT_OF_RANGE;
            case RECORD_TOO_LARGE -> ErrorCode.MESSAGE_TOO_LARGE;
            case INVALID_BATCH -> ErrorCode.INVALID_BATCH;
            case INVALID_TIMESTAMP -> ErrorCode.INVALID_TIMESTAMP;
            case CORRUPT_LOG -> ErrorCode.CORRUPT_LOG;
            case UNSUPPORTED_FORMAT, FOREIGN_DIRECTORY -> ErrorCode.UNSUPPORTED_FORMAT;
            case STORAGE_FULL -> ErrorCode.STORAGE_FULL;
            case DISK_FAILED, ENGINE_FAILED, DIRECTORY_LOCKED -> ErrorCode.STORAGE_FAILED;
            case CLOSED -> ErrorCode.SHUTTING_DOWN;
            case TOPIC_EXISTS -> ErrorCode.TOPIC_EXISTS;
            case UNKNOWN_TOPIC, TOPIC_DELETED -> ErrorCode.UNKNOWN_TOPIC;
            case INVALID_TOPIC -> ErrorCode.INVALID_TOPIC;
            case TOO_MANY_TOPICS -> ErrorCode.TOO_MANY_TOPICS;
            case END_OFFSET_MISMATCH -> ErrorCode.END_OFFSET_MISMATCH;
            case PRODUCER_FENCED -> ErrorCode.PRODUCER_FENCED;
            case OUT_OF_ORDER_SEQUENCE -> ErrorCode.OUT_OF_ORDER_SEQUENCE;
            case UNKNOWN_PRODUCER -> ErrorCode.UNKNOWN_PRODUCER;
            case OVERLOADED -> ErrorCode.OVERLOADED;
            case NOT_LEADING, NOT_FOLLOWING -> ErrorCode.NOT_LEADER;
            case BELOW_HIGH_WATERMARK -> ErrorCode.CORRUPT_LOG;
        };
    }

    private static String said(Exception e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
