package io.lignum.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.lignum.api.AppendRequest;
import io.lignum.api.ErrorDetail;
import io.lignum.api.LignumLogGrpc;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** Who is served over gRPC by a node of mode protected, and by one of mode open. */
class GrpcAccessTest {

    private static final String HOST = "127.0.0.1";

    @TempDir
    Path directory;

    @Test
    void table_hasEveryMethod() throws IOException {
        try (GrpcNode node = GrpcNode.start(directory)) {
            assertThat(node.listener.services().stream()
                            .flatMap(service -> service.getMethods().stream())
                            .map(method -> method.getMethodDescriptor().getFullMethodName()))
                    .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                    GrpcAccessTable.REFUSED.stream(),
                                    GrpcAccessTable.EVERYBODYS.stream())
                            .toList());
        }
    }

    @Test
    void sameHost_isServedByEveryMethod() throws IOException {
        try (GrpcNode node = GrpcNode.start(directory)) {
            GrpcAccessTable.assertServed(HOST, node.listener.port());
        }
    }

    @Test
    void behindAProxy_isRefusedByEveryMethodButHealth() throws IOException {
        try (GrpcNode node = GrpcNode.start(directory)) {
            GrpcAccessTable.assertRefused(HOST, node.listener.port(), "x-forwarded-for: 192.0.2.7");
            GrpcAccessTable.assertRefused(HOST, node.listener.port(), "forwarded: for=192.0.2.7");
        }
    }

    @Test
    void open_servesOtherHostsByEveryMethod() throws IOException {
        try (GrpcNode node = GrpcNode.start(directory, Map.of("security.mode", "open"))) {
            GrpcAccessTable.assertServed(HOST, node.listener.port(), "x-forwarded-for: 192.0.2.7");
        }
    }

    @Test
    void refusal_saysThatNothingWasApplied() throws IOException {
        try (GrpcNode node = GrpcNode.start(directory)) {
            io.grpc.Metadata metadata = new io.grpc.Metadata();
            metadata.put(
                    io.grpc.Metadata.Key.of("via", io.grpc.Metadata.ASCII_STRING_MARSHALLER),
                    "1.1 x");
            var log = node.log()
                    .withInterceptors(
                            io.grpc.stub.MetadataUtils.newAttachHeadersInterceptor(metadata));
            assertThatThrownBy(() -> log.append(AppendRequest.getDefaultInstance()))
                    .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                        ErrorDetail detail = e.getTrailers().get(WireErrors.DETAILS);
                        assertThat(detail.getCode()).isEqualTo("ACCESS_DENIED");
                        assertThat(detail.getOutcome()).isEqualTo(ErrorDetail.Outcome.NOT_APPLIED);
                        assertThat(detail.getStatus())
                                .isEqualTo(Status.Code.PERMISSION_DENIED.value());
                    });
        }
    }

    @Test
    void methodThatIsNotListed_cannotBeServed() {
        MethodDescriptor<?, ?> unlisted = LignumLogGrpc.getAppendMethod().toBuilder()
                .setFullMethodName("lignum.v1.LignumLog/Forgotten")
                .build();
        assertThatThrownBy(() -> MethodOperations.of(unlisted))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("LignumLog/Forgotten");
    }
}
