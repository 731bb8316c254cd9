package io.lignum.cluster;

/** A node cannot take part in its cluster; the message says what to do. Nothing was changed. */
public final class ClusterStartException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ClusterStartException(String message) {
        super(message);
    }

    public ClusterStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
