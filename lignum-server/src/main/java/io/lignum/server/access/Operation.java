package io.lignum.server.access;

/** The purpose of a call. Each HTTP route and each gRPC method has one. */
public enum Operation {
    /** Asks whether the node is alive and ready. All callers are served. */
    HEALTH,
    /** Reads the node's metrics. */
    METRICS,
    /** Lists topics or nodes, or reads the state of the cluster or the API description. */
    DESCRIBE,
    /** Reads messages. */
    READ,
    /** Appends messages. */
    WRITE,
    /** Creates, alters, trims or deletes a topic. */
    ALTER,
    /** Changes the cluster, or handles records that a failover cut off. */
    OPERATE,
    /** Reads or changes users, tokens and grants. */
    SECURE,
    /** No route has this path and method. */
    NONE
}
