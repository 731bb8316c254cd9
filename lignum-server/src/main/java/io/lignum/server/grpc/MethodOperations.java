package io.lignum.server.grpc;

import io.grpc.MethodDescriptor;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.lignum.api.LignumClusterGrpc;
import io.lignum.api.LignumGrpc;
import io.lignum.api.LignumLogGrpc;
import io.lignum.api.LignumSecurityGrpc;
import io.lignum.server.access.Operation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Maps each gRPC method to its {@link Operation}. The node does not start with a method that is
 * missing here. {@link AccessInterceptor} looks up each call. Any thread.
 */
final class MethodOperations {

    private static final Map<String, Operation> OF_METHOD = new HashMap<>();

    static {
        String original = LignumGrpc.SERVICE_NAME;
        put(Operation.DESCRIBE, original, "Echo", "Ping", "ListTopic");
        put(Operation.WRITE, original, "Send");
        put(Operation.READ, original, "Read");
        put(Operation.ALTER, original, "CreateTopic");
        String log = LignumLogGrpc.SERVICE_NAME;
        put(Operation.WRITE, log, "Append", "Produce");
        put(Operation.READ, log, "Fetch", "Subscribe", "FindOffset");
        put(Operation.DESCRIBE, log, "DescribeTopic", "ListTopics");
        put(Operation.ALTER, log, "CreateTopic", "AlterTopic", "DeleteTopic");
        String cluster = LignumClusterGrpc.SERVICE_NAME;
        put(Operation.DESCRIBE, cluster, "ListNodes", "GetStatus");
        put(Operation.OPERATE, cluster, "TransferLeader", "Decommission", "Recover");
        put(Operation.OPERATE, cluster, "ListDivergent", "ReadDivergent", "RepublishDivergent");
        put(
                Operation.SECURE,
                LignumSecurityGrpc.SERVICE_NAME,
                "WhoAmI",
                "ListUsers",
                "CreateUser",
                "ChangePassword",
                "DeleteUser",
                "ListTokens",
                "CreateToken",
                "DeleteToken",
                "ListGrants",
                "AddGrant",
                "RemoveGrant",
                "CheckAccess",
                "ListMissingGrants");
        put(Operation.HEALTH, HealthGrpc.SERVICE_NAME, "Check", "Watch");
        put(Operation.DESCRIBE, ServerReflectionGrpc.SERVICE_NAME, "ServerReflectionInfo");
    }

    private MethodOperations() {}

    private static void put(Operation operation, String service, String... methods) {
        for (String method : List.of(methods)) {
            OF_METHOD.put(MethodDescriptor.generateFullMethodName(service, method), operation);
        }
    }

    /** @throws IllegalStateException the method is missing */
    static Operation of(MethodDescriptor<?, ?> method) {
        Operation operation = OF_METHOD.get(method.getFullMethodName());
        if (operation == null) {
            throw new IllegalStateException(
                    "no operation is defined for the method " + method.getFullMethodName());
        }
        return operation;
    }
}
