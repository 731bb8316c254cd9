package io.lignum.server.service;

import io.lignum.server.access.Refusal;

/** Why a call failed. Names are part of the protocol of both listeners. */
public enum ErrorCode {
    INVALID_ARGUMENT,
    INVALID_TOPIC,
    UNKNOWN_TOPIC,
    TOPIC_EXISTS,
    TOO_MANY_TOPICS,
    OFFSET_OUT_OF_RANGE,
    MESSAGE_TOO_LARGE,
    BATCH_TOO_LARGE,
    REQUEST_TOO_LARGE,
    /** A batch built by the client breaks the format. */
    INVALID_BATCH,
    /** The timestamp of a message is too far from the node's clock; the limit is named. */
    INVALID_TIMESTAMP,
    /** A batch built by the client is of a version or codec that is not known here. */
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
    /** Consul, or whoever must be asked for a linearizable read, does not answer. */
    COORDINATOR_UNAVAILABLE,
    /** The node did not get as far as the read demands within the time allowed. */
    NOT_CAUGHT_UP,
    /** The log is not the one that the reader has read so far; the answer says where they part. */
    LOG_TRUNCATED,
    /** The node does not serve callers of other hosts. Nothing was done. */
    ACCESS_DENIED,
    /** A web page of another site made a browser call. Nothing was done. */
    CROSS_ORIGIN,
    /** The request names the node by a name that is not one of its own. Nothing was done. */
    HOST_NOT_ALLOWED,
    /** Too much at once; the limit is named. Try again later. */
    OVERLOADED,
    /** The node is still recovering. */
    NOT_READY,
    SHUTTING_DOWN,
    /** No room on the disk; reads go on. */
    STORAGE_FULL,
    /** The disk failed; the node stops. */
    STORAGE_FAILED,
    CORRUPT_LOG,
    UNSUPPORTED_FORMAT,
    /** A bug. */
    INTERNAL;

    /** Of a caller who is not served. */
    public static ErrorCode of(Refusal.Reason reason) {
        return switch (reason) {
            case OTHER_HOST, PROXY -> ACCESS_DENIED;
            case CROSS_ORIGIN -> CROSS_ORIGIN;
            case HOST_NAME -> HOST_NOT_ALLOWED;
        };
    }
}
