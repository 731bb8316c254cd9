package io.lignum.cluster.transport;

/** A peer sent what is no message: refused, and nothing of it was done. */
final class MalformedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
        super(message);
    }
}
