package io.lignum.server.grpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;

/**
 * A call that may be closed by its handler, by the clock of slow requests or by a memory limit, on
 * any thread: the first counts, and what is sent afterwards is dropped. gRPC itself throws at it,
 * which on a timer's thread would end the node.
 */
final class ClosedOnce<Q, A> extends SimpleForwardingServerCall<Q, A> {

    private boolean closed; // guarded by this

    ClosedOnce(ServerCall<Q, A> call) {
        super(call);
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
        if (!closed) {
            super.sendHeaders(headers);
        }
    }

    @Override
    public synchronized void sendMessage(A message) {
        if (!closed) {
            super.sendMessage(message);
        }
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
        if (!closed) {
            closed = true;
            super.close(status, trailers);
        }
    }
}
