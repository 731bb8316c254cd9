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
 * Counts the single calls that are open, over the whole node, until their answer is gone. Streams
 * are counted where they are opened, and how the node is may always be asked.
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
            permit = service.admit();
        } catch (ServiceException refused) {
            return WireErrors.refuse(call, refused);
        }
        ServerCall.Listener<Q> listener;
        try {
            listener = next.startCall(call, headers);
        } catch (RuntimeException | Error failed) {
            permit.close(); // Nobody will be told of this call's end.
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
