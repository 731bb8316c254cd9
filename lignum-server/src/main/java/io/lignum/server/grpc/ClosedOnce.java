package io.lignum.server.grpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;

/**
 * A call that may be closed by its handler, by the timer for slow requests or by a memory limit, on
 * any thread. The first close counts; later messages are dropped. gRPC itself would throw, which
 * would end the node if it happened on a timer's thread.
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
