package io.lignum.server.http;

import io.lignum.server.service.ErrorCode;

/** Maps error codes to HTTP statuses. Stateless; any thread. */
final class HttpStatuses {

    private HttpStatuses() {}

    static int of(ErrorCode code) {
        return switch (code) {
            case INVALID_ARGUMENT,
                    INVALID_TOPIC,
                    UNKNOWN_TOPIC,
                    OFFSET_OUT_OF_RANGE,
                    INVALID_BATCH,
                    INVALID_TIMESTAMP,
                    UNSUPPORTED_BATCH -> 400;
            case FAILED_PRECONDITION,
                    TOPIC_EXISTS,
                    END_OFFSET_MISMATCH,
                    PRODUCER_FENCED,
                    OUT_OF_ORDER_SEQUENCE,
                    UNKNOWN_PRODUCER,
                    LOG_TRUNCATED -> 409;
            case MESSAGE_TOO_LARGE, BATCH_TOO_LARGE, REQUEST_TOO_LARGE -> 413;
            case NOT_AUTHENTICATED -> 401;
            case ACCESS_DENIED, TLS_REQUIRED, CROSS_ORIGIN -> 403;
            case HOST_NOT_ALLOWED -> 421;
            case OVERLOADED, TOO_MANY_TOPICS -> 429;
            case CORRUPT_LOG, UNSUPPORTED_FORMAT, INTERNAL -> 500;
            case NOT_READY,
                    SHUTTING_DOWN,
                    STORAGE_FAILED,
                    NOT_LEADER,
                    NOT_ENOUGH_REPLICAS,
                    COORDINATOR_UNAVAILABLE,
                    NOT_CAUGHT_UP -> 503;
            case COMMIT_UNKNOWN -> 504;
            case STORAGE_FULL -> 507;
        };
    }
}
