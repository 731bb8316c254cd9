package io.lignum.cluster.transport;

/** A peer sent an invalid message. It is refused, and nothing of it was executed. */
final class MalformedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
        super(message);
    }
}
