package io.lignum.server;

/** The node could not start for a reason outside its data, such as a port that is taken. */
public final class NodeStartException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NodeStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
