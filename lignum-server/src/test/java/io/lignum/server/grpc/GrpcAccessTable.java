package io.lignum.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.stub.MetadataUtils;
import io.lignum.api.LignumClusterGrpc;
import io.lignum.api.LignumGrpc;
import io.lignum.api.LignumLogGrpc;
import io.lignum.api.LignumSecurityGrpc;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Every method of the gRPC port, called as several kinds of callers. */
public final class GrpcAccessTable {

    /** Long enough for a refusal; a stream that lasts is served. */
    private static final long TIMEOUT_MILLIS = 10_000;

    private static final long STREAM_MILLIS = 300;

    /** Names of methods that are refused to callers who are not served. */
    static final List<String> REFUSED = Stream.of(
                    names(LignumGrpc.SERVICE_NAME, "Echo", "Ping", "Send", "Read"),
                    names(LignumGrpc.SERVICE_NAME, "CreateTopic", "ListTopic"),
                    names(LignumLogGrpc.SERVICE_NAME, "Append", "Produce", "Fetch", "Subscribe"),
                    names(LignumLogGrpc.SERVICE_NAME, "FindOffset", "CreateTopic", "DescribeTopic"),
                    names(LignumLogGrpc.SERVICE_NAME, "AlterTopic", "DeleteTopic", "ListTopics"),
                    names(LignumClusterGrpc.SERVICE_NAME, "ListNodes", "GetStatus"),
                    names(LignumClusterGrpc.SERVICE_NAME, "TransferLeader", "Decommission"),
                    names(LignumClusterGrpc.SERVICE_NAME, "Recover", "ListDivergent"),
                    names(LignumClusterGrpc.SERVICE_NAME, "ReadDivergent", "RepublishDivergent"),
                    names(LignumSecurityGrpc.SERVICE_NAME, "WhoAmI", "ListUsers", "CreateUser"),
                    names(LignumSecurityGrpc.SERVICE_NAME, "ChangePassword", "DeleteUser"),
                    names(LignumSecurityGrpc.SERVICE_NAME, "ListTokens", "CreateToken"),
                    names(LignumSecurityGrpc.SERVICE_NAME, "DeleteToken", "ListGrants"),
                    names(LignumSecurityGrpc.SERVICE_NAME, "AddGrant", "RemoveGrant"),
                    names(LignumSecurityGrpc.SERVICE_NAME, "CheckAccess", "ListMissingGrants"),
                    names(ServerReflectionGrpc.SERVICE_NAME, "ServerReflectionInfo"))
            .flatMap(List::stream)
            .toList();

    /** Those that answer everybody. */
    static final List<String> EVERYBODYS = names(HealthGrpc.SERVICE_NAME, "Check", "Watch");

    private GrpcAccessTable() {}

    /** The names of all methods. */
    public static List<String> methods() {
        return Stream.concat(REFUSED.stream(), EVERYBODYS.stream()).toList();
    }

    private static List<String> names(String service, String... methods) {
        return Stream.of(methods)
                .map(method -> MethodDescriptor.generateFullMethodName(service, method))
                .toList();
    }

    /** A caller with these headers is served by all methods. */
    public static void assertServed(String host, int port, String... headers) {
        List<String> all = new ArrayList<>(REFUSED);
        all.addAll(EVERYBODYS);
        each(
                host,
                port,
                headers,
                all,
                (method, status) -> assertThat(status.getCode())
                        .as(method)
                        .isNotIn(Status.Code.PERMISSION_DENIED, Status.Code.UNAUTHENTICATED)
                        .isNotIn(Status.Code.UNAVAILABLE, Status.Code.UNIMPLEMENTED));
    }

    /** A caller with these headers is refused, but by the methods for everybody. */
    public static void assertRefused(String host, int port, String... headers) {
        each(host, port, headers, REFUSED, (method, status) -> {
            assertThat(status.getCode()).as(method).isEqualTo(Status.Code.PERMISSION_DENIED);
            assertThat(status.getDescription()).as(method).contains("security.mode: open");
        });
        each(
                host,
                port,
                headers,
                EVERYBODYS,
                (method, status) ->
                        assertThat(status.getCode()).as(method).isEqualTo(Status.Code.OK));
    }

    private interface Check {
        void accept(String method, Status status);
    }

    private static void each(
            String host, int port, String[] headers, List<String> methods, Check check) {
        ManagedChannel channel =
                NettyChannelBuilder.forAddress(host, port).usePlaintext().build();
        Metadata metadata = new Metadata();
        for (String header : headers) {
            String[] parts = header.split(": ", 2);
            metadata.put(Metadata.Key.of(parts[0], Metadata.ASCII_STRING_MARSHALLER), parts[1]);
        }
        Channel caller = ClientInterceptors.intercept(
                channel, MetadataUtils.newAttachHeadersInterceptor(metadata));
        try {
            for (String method : methods) {
                boolean lasts = method.endsWith("/Watch");
                check.accept(
                        method,
                        RawCalls.call(
                                caller,
                                descriptor(method),
                                lasts ? STREAM_MILLIS : TIMEOUT_MILLIS,
                                new byte[0]));
            }
        } finally {
            channel.shutdownNow();
        }
    }

    /** Of a request without any field. To the transport all methods are streams. */
    private static MethodDescriptor<?, ?> descriptor(String method) {
        return LignumLogGrpc.getProduceMethod().toBuilder()
                .setFullMethodName(method)
                .build();
    }
}
