package io.lignum.server;

/** Thrown if the node cannot start for a reason outside its data, such as a port in use. */
public final class NodeStartException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NodeStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
