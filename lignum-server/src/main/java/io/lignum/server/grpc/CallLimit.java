package io.lignum.server.grpc;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.health.v1.HealthGrpc;
import io.lignum.server.service.LogService;
import io.lignum.server.service.Permit;
import io.lignum.server.service.ServiceException;

/**
 * Limits the number of open unary calls of the whole node. A call counts until its response is
 * sent. Streams are counted where they are opened; health calls are always allowed. gRPC calls it
 * when a call starts and ends, on the thread of that call.
 */
final class CallLimit implements ServerInterceptor {

    private final LogService service;

    CallLimit(LogService service) {
        this.service = service;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        MethodDescriptor<Q, A> method = call.getMethodDescriptor();
        if (method.getType() != MethodDescriptor.MethodType.UNARY
                || HealthGrpc.SERVICE_NAME.equals(method.getServiceName())) {
            return next.startCall(call, headers);
        }
        Permit permit;
        try {
            permit = service.admission().request();
        } catch (ServiceException refused) {
            return WireErrors.refuse(call, refused);
        }
        ServerCall.Listener<Q> listener;
        try {
            listener = next.startCall(call, headers);
        } catch (RuntimeException | Error failed) {
            permit.close(); // The end of this call will not be reported.
            throw failed;
        }
        return new SimpleForwardingServerCallListener<>(listener) {
            @Override
            public void onCancel() {
                permit.close();
                super.onCancel();
            }

            @Override
            public void onComplete() {
                permit.close();
                super.onComplete();
            }
        };
    }
}
