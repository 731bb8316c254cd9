package io.lignum.cluster.transport;

/**
 * Thrown by the codecs if a peer sent an invalid message. Nothing of the message was executed. The
 * caller refuses the request, or ends the stream.
 */
final class MalformedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
        super(message);
    }
}
