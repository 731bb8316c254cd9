package io.lignum.server.grpc;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.lignum.server.access.Authorizer;
import io.lignum.server.access.Caller;
import io.lignum.server.access.Refusal;
import io.lignum.server.service.ServiceException;

import java.util.Optional;

/**
 * Asks the authorizer about each call before its request is read, and refuses the call if it denies
 * access. gRPC calls it when the headers of a call have arrived, on the thread of that call.
 */
final class AccessInterceptor implements ServerInterceptor {

    private final Authorizer authorizer;

    AccessInterceptor(Authorizer authorizer) {
        this.authorizer = authorizer;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Attributes transport = call.getAttributes();
        Caller caller = Caller.of(
                transport.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR),
                transport.get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR),
                name -> headers.containsKey(
                        Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER)));
        Optional<Refusal> refusal =
                authorizer.authorize(MethodOperations.of(call.getMethodDescriptor()), caller);
        return refusal.isPresent()
                ? WireErrors.refuse(call, ServiceException.refused(refusal.get()))
                : next.startCall(call, headers);
    }
}
