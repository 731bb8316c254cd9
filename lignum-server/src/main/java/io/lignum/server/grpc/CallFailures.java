package io.lignum.server.grpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.lignum.server.service.RequestFailures;
import io.lignum.server.service.ServiceException;

/**
 * The top of each callback of a call; the outermost interceptor. An exception of a callback ends
 * the call with INTERNAL and is reported. The transport by itself would answer UNKNOWN, and hide
 * the exception or stop using the thread. gRPC calls it on the thread of each callback.
 */
final class CallFailures implements ServerInterceptor {

    private final RequestFailures failures;

    CallFailures(RequestFailures failures) {
        this.failures = failures;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        ReportedCall<Q, A> reported = new ReportedCall<>(new ClosedOnce<>(call));
        try {
            return new Top<>(reported, next.startCall(reported, headers));
        } catch (Throwable thrown) { // Top of this thread: the call must end.
            return WireErrors.refuse(reported, ServiceException.of(thrown));
        }
    }

    private final class ReportedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {

        ReportedCall(ServerCall<Q, A> call) {
            super(call);
        }

        @Override
        public void close(Status status, Metadata trailers) {
            Throwable bug = status.getCause();
            try {
                super.close(status, trailers);
            } finally {
                if (bug != null) {
                    failures.report(getMethodDescriptor().getFullMethodName(), bug);
                }
            }
        }
    }

    private static final class Top<Q> extends ServerCall.Listener<Q> {

        private final ServerCall<Q, ?> call;
        private final ServerCall.Listener<Q> handler;
        private boolean failed; // callbacks come one at a time

        Top(ServerCall<Q, ?> call, ServerCall.Listener<Q> handler) {
            this.call = call;
            this.handler = handler;
        }

        private void run(Runnable callback) {
            if (failed) {
                return;
            }
            try {
                callback.run();
            } catch (Throwable thrown) { // Top of this thread: the call must end.
                failed = true;
                try {
                    WireErrors.refuse(call, ServiceException.of(thrown));
                } finally {
                    handler.onCancel(); // It releases what the call holds.
                }
            }
        }

        @Override
        public void onMessage(Q message) {
            run(() -> handler.onMessage(message));
        }

        @Override
        public void onHalfClose() {
            run(handler::onHalfClose);
        }

        @Override
        public void onCancel() {
            run(handler::onCancel);
        }

        @Override
        public void onComplete() {
            run(handler::onComplete);
        }

        @Override
        public void onReady() {
            run(handler::onReady);
        }
    }
}
