package io.lignum.server.access;

import static io.lignum.server.access.Principals.basic;
import static io.lignum.server.access.Principals.bearer;
import static io.lignum.server.access.Principals.grant;
import static io.lignum.server.access.Principals.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.lignum.api.Fetched;
import io.lignum.api.LignumLogGrpc;
import io.lignum.api.ProduceRequest;
import io.lignum.api.ProduceResponse;
import io.lignum.api.SubscribeRequest;
import io.lignum.server.TestNode;
import io.lignum.server.service.SecurityService;
import io.lignum.server.service.TopicPatch;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Rights that end while a stream is open: the stream ends soon, also if nothing happens on it. */
class RevocationTest {

    /** The promise is a second; the rest is for a busy machine. */
    private static final long SECONDS = 10;

    @TempDir
    Path directory;

    private TestNode node;
    private ManagedChannel channel;

    @BeforeEach
    void start() {
        node = TestNode.start(directory, "security.mode", "on");
        node.node().session().topics().create("t", TopicPatch.NONE).join();
        user(security(), "ada", "consumer", "topic:t", "producer", "topic:t");
        channel = NettyChannelBuilder.forAddress("127.0.0.1", node.node().grpcPort())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        node.close();
    }

    private SecurityService security() {
        return node.node().session().security();
    }

    /** A waiting stream of any kind: completes with the status that it ended with. */
    private static final class Ending<T> implements StreamObserver<T> {
        final CompletableFuture<Void> started = new CompletableFuture<>();
        final CompletableFuture<Status> end = new CompletableFuture<>();

        @Override
        public void onNext(T value) {
            started.complete(null);
        }

        @Override
        public void onError(Throwable error) {
            end.complete(((StatusRuntimeException) error).getStatus());
        }

        @Override
        public void onCompleted() {
            end.complete(Status.OK);
        }

        Status.Code code() throws Exception {
            return end.get(SECONDS, TimeUnit.SECONDS).getCode();
        }
    }

    private LignumLogGrpc.LignumLogStub stub(String authorization) {
        Metadata headers = new Metadata();
        headers.put(
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), authorization);
        return LignumLogGrpc.newStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private Ending<Fetched> subscribe(String authorization) throws Exception {
        Ending<Fetched> stream = new Ending<>();
        stub(authorization)
                .subscribe(SubscribeRequest.newBuilder().setTopic("t").build(), stream);
        stream.started.get(SECONDS, TimeUnit.SECONDS);
        return stream;
    }

    @Test
    void removedGrant_endsASubscription() throws Exception {
        Ending<Fetched> stream = subscribe(basic("ada"));
        security().revoke(grant("ada", "consumer", "topic:t")).join();
        assertThat(stream.code()).isEqualTo(Status.Code.PERMISSION_DENIED);
    }

    @Test
    void deletedToken_endsASubscription() throws Exception {
        String header = bearer(security(), "ada");
        Ending<Fetched> stream = subscribe(header);
        Ending<Fetched> other = subscribe(basic("ada"));
        String id = header.split("_", -1)[1];
        security().deleteToken(id).join();
        assertThat(stream.code()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(other.end).as("of the same user").isNotDone();
    }

    @Test
    void expiredToken_endsASubscription() throws Exception {
        String token = security()
                .createToken("ada", "", Optional.of(Duration.ofSeconds(2)))
                .join()
                .text()
                .text();
        assertThat(subscribe("Bearer " + token).code()).isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    void changedPassword_endsASubscription() throws Exception {
        Ending<Fetched> stream = subscribe(basic("ada"));
        security().changePassword("ada", Optional.of("another long password")).join();
        assertThat(stream.code()).isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    void deletedUser_endsAStreamOfAppends_andRequestsOnIt() throws Exception {
        Ending<ProduceResponse> stream = new Ending<>();
        StreamObserver<ProduceRequest> requests = stub(basic("ada")).produce(stream);
        requests.onNext(ProduceRequest.newBuilder().setCorrelationId(1).build());
        stream.started.get(SECONDS, TimeUnit.SECONDS);
        security().deleteUser("ada").join();
        assertThat(stream.code()).isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    void removedGrant_endsAnEventStream_withAnErrorEvent() throws Exception {
        try (Socket socket = node.connect()) {
            String request = "GET /api/topics/t/events HTTP/1.1\r\nHost: localhost\r\n"
                    + "Authorization: " + basic("ada") + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            BufferedReader lines = new BufferedReader(
                    new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            awaitLine(lines, "text/event-stream");
            node.node()
                    .session()
                    .produce(
                            "t",
                            io.lignum.record.LogRecord.of("oak"),
                            io.lignum.cluster.NotLeaderPolicy.FORWARD)
                    .join();
            awaitLine(lines, "oak");
            security().revoke(grant("ada", "consumer", "topic:t")).join();
            awaitLine(lines, "event: error");
            awaitLine(lines, "ACCESS_DENIED");
        }
    }

    private static void awaitLine(BufferedReader lines, String text) throws IOException {
        String line = lines.readLine();
        while (line != null && !line.contains(text)) {
            line = lines.readLine();
        }
        assertThat(line).as("a line with " + text).isNotNull();
    }
}
