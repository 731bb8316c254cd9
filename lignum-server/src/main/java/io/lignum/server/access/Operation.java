package io.lignum.server.access;

/** What a call is for. Each HTTP route and each gRPC method has one. */
public enum Operation {
    /** Asks whether the node lives and is ready. Everybody is answered. */
    HEALTH,
    /** Reads the node's metrics. */
    METRICS,
    /** Lists topics or nodes, or reads how the cluster stands or what the API is. */
    DESCRIBE,
    /** Reads messages. */
    READ,
    /** Appends messages. */
    WRITE,
    /** Creates, alters, trims or deletes a topic. */
    ALTER,
    /** Acts on the cluster or on what a failover has cut off. */
    OPERATE,
    /** No route has this path and method. */
    NONE
}
