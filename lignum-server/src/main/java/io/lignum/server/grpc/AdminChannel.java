package io.lignum.server.grpc;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.NotSslRecordException;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.grpc.stub.AbstractBlockingStub;
import io.grpc.stub.MetadataUtils;
import io.lignum.api.ErrorDetail;
import io.lignum.client.Credentials;
import io.lignum.client.Tls;
import io.lignum.record.IoErrors;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/**
 * A connection from an operator's command to one node. Calls exactly the node that is named,
 * because most operator commands are about that node. One thread; blocks.
 */
final class AdminChannel implements AutoCloseable {

    private static final int MAX_ANSWER_BYTES = 128 << 20;

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final ManagedChannel channel;
    private final Duration timeout;

    private AdminChannel(ManagedChannel channel, Duration timeout) {
        this.channel = channel;
        this.timeout = timeout;
    }

    /**
     * Each call fails if it is not answered within the timeout.
     *
     * @throws IllegalArgumentException a file for TLS, or the credentials, cannot be used
     */
    static AdminChannel open(AdminTarget target) {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(
                target.node().getHostString(), target.node().getPort());
        target.tls()
                .ifPresentOrElse(
                        given -> builder.sslContext(context(given)), builder::usePlaintext);
        target.credentials()
                .ifPresent(given -> builder.intercept(
                        MetadataUtils.newAttachHeadersInterceptor(headers(given))));
        return new AdminChannel(
                builder.maxInboundMessageSize(MAX_ANSWER_BYTES).build(), target.timeout());
    }

    private static Metadata headers(Credentials credentials) {
        Metadata headers = new Metadata();
        headers.put(AUTHORIZATION, credentials.authorization());
        return headers;
    }

    private static SslContext context(Tls tls) {
        SslContextBuilder builder =
                GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK);
        tls.ca().ifPresent(file -> builder.trustManager(file.toFile()));
        Optional<Path> key = tls.key();
        tls.certificate()
                .ifPresent(file ->
                        builder.keyManager(file.toFile(), key.orElseThrow().toFile()));
        try {
            return builder.build();
        } catch (SSLException e) {
            throw new IllegalArgumentException("the files for TLS cannot be used: " + e, e);
        }
    }

    /**
     * Makes one call.
     *
     * @param service makes a stub of the service, as the generated {@code newBlockingStub}
     * @throws AdminFailure the node refused it, or did not answer
     */
    <S extends AbstractBlockingStub<S>, A> A call(
            Function<Channel, S> service, Function<S, A> call) {
        try {
            return call.apply(service.apply(channel)
                    .withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS));
        } catch (StatusRuntimeException e) {
            throw failure(e);
        }
    }

    private AdminFailure failure(StatusRuntimeException e) {
        Metadata trailers = e.getTrailers();
        ErrorDetail detail = trailers == null ? null : trailers.get(WireErrors.DETAILS);
        if (detail != null) {
            return new AdminFailure(
                    detail.getCode(),
                    detail.getMessage(),
                    detail.getOutcome() == ErrorDetail.Outcome.UNKNOWN,
                    e);
        }
        Status status = e.getStatus();
        return switch (status.getCode()) {
            case UNIMPLEMENTED ->
                new AdminFailure(
                        null,
                        "what answers there is no Lignum node, or one of an earlier release",
                        false,
                        e);
            case UNAUTHENTICATED, PERMISSION_DENIED ->
                new AdminFailure(
                        null,
                        "the call was refused, not by the node itself " + reason(status),
                        false,
                        e);
            default ->
                new AdminFailure(
                        null, "the node did not answer " + reason(status), !isOfTls(status), e);
        };
    }

    /** Whether the connection ended before a call could be sent, because of TLS. */
    private static boolean isOfTls(Status status) {
        if (String.valueOf(status.getDescription()).contains("INADEQUATE_SECURITY")) {
            return true;
        }
        for (Throwable at = status.getCause(); at != null; at = at.getCause()) {
            if (at instanceof SSLHandshakeException || at instanceof NotSslRecordException) {
                return true;
            }
        }
        return false;
    }

    /** gRPC's own text of a deadline is about its buffers. */
    private String reason(Status status) {
        if (status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
            return "within " + timeout.toMillis() + " ms";
        }
        Throwable cause = status.getCause();
        return "(" + (cause == null ? status.getDescription() : IoErrors.describe(cause)) + ")";
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
