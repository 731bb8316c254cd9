package io.lignum.server.service;

import io.lignum.server.access.Refusal;

/**
 * Why a call failed. The names are part of both protocols; docs/errors.md lists them with their
 * statuses.
 */
public enum ErrorCode {
    /** The request can never succeed as it is; the field at fault is named if there is one. */
    INVALID_ARGUMENT,
    /**
     * The state of the cluster does not allow the request. The same request fails again until an
     * operator or another request changes that state.
     */
    FAILED_PRECONDITION,
    INVALID_TOPIC,
    UNKNOWN_TOPIC,
    TOPIC_EXISTS,
    TOO_MANY_TOPICS,
    OFFSET_OUT_OF_RANGE,
    MESSAGE_TOO_LARGE,
    BATCH_TOO_LARGE,
    REQUEST_TOO_LARGE,
    /** A batch that the client built breaks the format. */
    INVALID_BATCH,
    /** The timestamp of a message is too far from the node's clock; the limit is named. */
    INVALID_TIMESTAMP,
    /** A batch that the client built has a version or codec that this node does not know. */
    UNSUPPORTED_BATCH,
    END_OFFSET_MISMATCH,
    PRODUCER_FENCED,
    OUT_OF_ORDER_SEQUENCE,
    UNKNOWN_PRODUCER,
    /** Another node leads, or none does; the leader is named if it is known. Nothing was done. */
    NOT_LEADER,
    /** Fewer in-sync replicas answer than the topic demands. Nothing was done. */
    NOT_ENOUGH_REPLICAS,
    /**
     * The leader was lost, or replicas were silent for too long, before the append was committed.
     */
    COMMIT_UNKNOWN,
    /** Consul, or the node that must be asked for a linearizable read, does not answer. */
    COORDINATOR_UNAVAILABLE,
    /** The node did not get as far as the request demands within the time allowed. */
    NOT_CAUGHT_UP,
    /** The log differs from what the reader has read; the answer says from where on. */
    LOG_TRUNCATED,
    /** The call has no credentials, or they are not accepted. Nothing was done. */
    NOT_AUTHENTICATED,
    /** The caller may not do this, or the node does not serve its host. Nothing was done. */
    ACCESS_DENIED,
    /** The port requires TLS, and the call came without. Nothing was done. */
    TLS_REQUIRED,
    /** A web page of another site made a browser call. Nothing was done. */
    CROSS_ORIGIN,
    /** The request names the node by a name that is not one of its own. Nothing was done. */
    HOST_NOT_ALLOWED,
    /** Too much at once; the limit is named. Try again later. */
    OVERLOADED,
    /** The node is still recovering. */
    NOT_READY,
    SHUTTING_DOWN,
    /** The disk is full; reads continue. */
    STORAGE_FULL,
    /** The disk failed; the node stops. */
    STORAGE_FAILED,
    CORRUPT_LOG,
    UNSUPPORTED_FORMAT,
    /** A bug. */
    INTERNAL;

    /** The code for a caller that is refused. */
    public static ErrorCode of(Refusal.Reason reason) {
        return switch (reason) {
            case OTHER_HOST, PROXY, NOT_GRANTED -> ACCESS_DENIED;
            case NOT_AUTHENTICATED -> NOT_AUTHENTICATED;
            case PLAIN_CREDENTIALS -> TLS_REQUIRED;
            case TOO_MANY_LOGINS -> OVERLOADED;
            case NOT_LOADED -> NOT_READY;
            case CROSS_ORIGIN -> CROSS_ORIGIN;
            case HOST_NAME -> HOST_NOT_ALLOWED;
        };
    }
}
