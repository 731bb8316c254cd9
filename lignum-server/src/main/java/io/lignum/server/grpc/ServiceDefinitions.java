package io.lignum.server.grpc;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.lignum.api.AppendRequest;
import io.lignum.api.LignumLogGrpc;
import io.lignum.api.ProduceRequest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Prepares the gRPC services for the listener: adds {@link CheckedRequests}, and reads batches
 * without a second copy. {@link GrpcServer} calls it at its start.
 */
final class ServiceDefinitions {

    /** Replace the generated marshallers. */
    private static final Map<String, Marshaller<?>> READING = Map.of(
            LignumLogGrpc.getAppendMethod().getFullMethodName(),
            new AliasingMarshaller<>(
                    LignumLogGrpc.getAppendMethod().getRequestMarshaller(), AppendRequest.parser()),
            LignumLogGrpc.getProduceMethod().getFullMethodName(),
            new AliasingMarshaller<>(
                    LignumLogGrpc.getProduceMethod().getRequestMarshaller(),
                    ProduceRequest.parser()));

    private ServiceDefinitions() {}

    static ServerServiceDefinition of(ServerServiceDefinition plain, CheckedRequests checks) {
        ServiceDescriptor.Builder descriptor = ServiceDescriptor.newBuilder(
                        plain.getServiceDescriptor().getName())
                .setSchemaDescriptor(plain.getServiceDescriptor().getSchemaDescriptor());
        List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();
        for (ServerMethodDefinition<?, ?> method : plain.getMethods()) {
            ServerMethodDefinition<?, ?> checked = checked(method, checks);
            methods.add(checked);
            descriptor.addMethod(checked.getMethodDescriptor());
        }
        ServerServiceDefinition.Builder definition =
                ServerServiceDefinition.builder(descriptor.build());
        methods.forEach(definition::addMethod);
        return definition.build();
    }

    private static <Q, A> ServerMethodDefinition<?, ?> checked(
            ServerMethodDefinition<Q, A> method, CheckedRequests checks) {
        MethodDescriptor<Q, A> descriptor = method.getMethodDescriptor();
        // The entry of a method reads that method's requests.
        @SuppressWarnings("unchecked")
        Marshaller<Q> reading = (Marshaller<Q>) READING.getOrDefault(
                descriptor.getFullMethodName(), descriptor.getRequestMarshaller());
        return checks.of(method, reading);
    }
}
