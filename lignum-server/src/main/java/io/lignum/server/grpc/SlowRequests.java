package io.lignum.server.grpc;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.lignum.server.service.ErrorCode;
import io.lignum.server.service.ServiceException;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ends a unary call whose request arrives too slowly. Streams of requests are exempt: they may be
 * silent, and cost little meanwhile. gRPC calls it on the thread of the call; the timer may end the
 * call at the same time.
 */
final class SlowRequests implements ServerInterceptor {

    private final Duration limit;
    private final GrpcThreads threads;

    SlowRequests(Duration limit, GrpcThreads threads) {
        this.limit = limit;
        this.threads = threads;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (!call.getMethodDescriptor().getType().clientSendsOneMessage()) {
            return next.startCall(call, headers);
        }
        // Set by the first of two events: the request is complete, which starts the handler, or the
        // timer fires, after which the handler must not run. ClosedOnce only ensures that the call
        // ends once; without this flag a handler could still append for a call that was refused as
        // too slow.
        AtomicBoolean decided = new AtomicBoolean();
        ScheduledFuture<?> clock = threads.after(limit, () -> {
            if (decided.compareAndSet(false, true)) {
                WireErrors.refuse(call, tooSlow());
            }
        });
        return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
            @Override
            public void onHalfClose() {
                if (decided.compareAndSet(false, true)) {
                    clock.cancel(false);
                    super.onHalfClose();
                }
            }

            @Override
            public void onCancel() {
                clock.cancel(false);
                super.onCancel();
            }

            @Override
            public void onComplete() {
                clock.cancel(false);
                super.onComplete();
            }
        };
    }

    private ServiceException tooSlow() {
        return ServiceException.overLimit(
                ErrorCode.OVERLOADED,
                "limits.slow-client-timeout-in-ms",
                limit.toMillis(),
                "the request did not arrive in time");
    }
}
