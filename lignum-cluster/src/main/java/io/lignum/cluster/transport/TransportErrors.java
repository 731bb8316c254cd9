package io.lignum.cluster.transport;

import io.grpc.Status;
import io.lignum.cluster.peer.PeerException;
import io.lignum.record.IoErrors;

/** Translates the transport's errors into those of the cluster. Stateless; any thread. */
final class TransportErrors {

    /** The peer's code for a bug of its own. */
    static final String INTERNAL = "INTERNAL";

    /** The code, of the peer or of this node, for an invalid message. */
    static final String MALFORMED = "MALFORMED";

    private TransportErrors() {}

    static String text(Status status) {
        if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
            return "no answer in time"; // gRPC's text is about its own buffers.
        }
        StringBuilder text = new StringBuilder();
        String description = status.getDescription();
        text.append(description == null ? status.getCode().toString() : description);
        Throwable cause = status.getCause();
        if (cause != null) {
            text.append(": ").append(IoErrors.describe(cause));
        }
        return text.toString();
    }

    /** Whether the whole connection must not be used any more. */
    static boolean isOfConnection(Status status) {
        return status.getCode() == Status.Code.UNAVAILABLE
                || status.getCode() == Status.Code.UNAUTHENTICATED;
    }

    /** @param sent whether the request may have reached the peer */
    static PeerException of(String peer, Status status, boolean sent) {
        String text = peer + ": " + text(status);
        return switch (status.getCode()) {
            case UNAUTHENTICATED ->
                new PeerException(PeerException.NOT_AUTHENTICATED, false, text, null);
            case INVALID_ARGUMENT -> new PeerException(MALFORMED, sent, text, null);
            case UNIMPLEMENTED -> new PeerException(INTERNAL, false, text, null);
            default -> new PeerException(PeerException.UNREACHABLE, sent, text, status.getCause());
        };
    }
}
