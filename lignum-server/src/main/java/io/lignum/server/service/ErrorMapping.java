package io.lignum.server.service;

import io.lignum.record.RecordException;
import io.lignum.storage.StorageException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Says the errors of the engine and of the record format in the words of the doors. */
final class ErrorMapping {

    private static final Logger LOG = LoggerFactory.getLogger(ErrorMapping.class);

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
        if (error instanceof StorageException storage) {
            return storage(storage);
        }
        if (error instanceof RecordException record) {
            return record(record);
        }
        if (error instanceof CancellationException) {
            return ServiceException.refused(ErrorCode.SHUTTING_DOWN, "the call was given up");
        }
        LOG.error("A call failed in a way that it should not", error);
        return ServiceException.caused(
                ErrorCode.INTERNAL, Outcome.UNKNOWN, "internal error, see the node's log", error);
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

    private static ServiceException storage(StorageException e) {
        Outcome outcome = switch (e.outcome()) {
            case NOT_APPLIED -> Outcome.NOT_APPLIED;
            case UNKNOWN -> Outcome.UNKNOWN;
        };
        ErrorCode code = code(e);
        return switch (code) {
            case INVALID_TOPIC, UNKNOWN_TOPIC, TOPIC_EXISTS ->
                ServiceException.causedByField(code, "topic", said(e), e);
            case INVALID_BATCH -> ServiceException.causedByField(code, "batch", said(e), e);
            case OFFSET_OUT_OF_RANGE -> ServiceException.causedByField(code, "from", said(e), e);
            default -> ServiceException.caused(code, outcome, said(e), e);
        };
    }

    private static ErrorCode code(StorageException e) {
        return switch (e.code()) {
            case OFFSET_OUT_OF_RANGE -> ErrorCode.OFFSET_OUT_OF_RANGE;
            case RECORD_TOO_LARGE -> ErrorCode.MESSAGE_TOO_LARGE;
            case INVALID_BATCH -> ErrorCode.INVALID_BATCH;
            case CORRUPT_LOG -> ErrorCode.CORRUPT_LOG;
            case UNSUPPORTED_FORMAT, FOREIGN_DIRECTORY -> ErrorCode.UNSUPPORTED_FORMAT;
            case STORAGE_FULL -> ErrorCode.STORAGE_FULL;
            case DISK_FAILED, DIRECTORY_LOCKED -> ErrorCode.STORAGE_FAILED;
            case CLOSED -> ErrorCode.SHUTTING_DOWN;
            case TOPIC_EXISTS -> ErrorCode.TOPIC_EXISTS;
            case UNKNOWN_TOPIC -> ErrorCode.UNKNOWN_TOPIC;
            case INVALID_TOPIC -> ErrorCode.INVALID_TOPIC;
            case TOO_MANY_TOPICS -> ErrorCode.TOO_MANY_TOPICS;
            case END_OFFSET_MISMATCH -> ErrorCode.END_OFFSET_MISMATCH;
            case PRODUCER_FENCED -> ErrorCode.PRODUCER_FENCED;
            case OUT_OF_ORDER_SEQUENCE -> ErrorCode.OUT_OF_ORDER_SEQUENCE;
            case UNKNOWN_PRODUCER -> ErrorCode.UNKNOWN_PRODUCER;
            case OVERLOADED -> ErrorCode.OVERLOADED;
            case NOT_LEADING, NOT_FOLLOWING, BELOW_HIGH_WATERMARK -> ErrorCode.NOT_READY;
        };
    }

    private static String said(Exception e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
