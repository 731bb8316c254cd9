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
 * Ends a call of one request whose request trickles in for too long. Streams of requests are left
 * alone: they may be silent, and cost little while they are.
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
        // Set by the first of two: the request that is whole, which the handler then gets, or the
        // clock, after which it never does. ClosedOnce only lets the call end once; without this
        // flag a handler would still run, and append, for a call that was refused as too slow.
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
