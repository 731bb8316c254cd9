package io.lignum.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.lignum.api.EchoMessage;
import io.lignum.api.FetchRequest;
import io.lignum.api.Fetched;
import io.lignum.api.LignumGrpc;
import io.lignum.api.LignumLogGrpc;
import io.lignum.api.Message;
import io.lignum.api.Ok;
import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.record.LogRecord;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The limits on connections and on clients that are slow, hit from outside. */
class ConnectionLimitsTest {

    @TempDir
    private Path directory;

    @SuppressWarnings("NullAway.Init") // every test starts its own
    private GrpcNode node;

    @AfterEach
    void close() {
        node.close();
    }

    private void start(String... keysAndValues) throws Exception {
        Map<String, String> settings = new java.util.HashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            settings.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        node = GrpcNode.start(directory, settings);
    }

    @Test
    void connectionsBeyondTheLimit_getAnErrorOrAreClosed() throws Exception {
        start("limits.max-connections", "3");
        List<ManagedChannel> channels = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            channels.add(node.channel());
            assertThat(echo(channels.get(i))).isEqualTo("x");
        }

        ManagedChannel tooMany = node.channel();
        assertLimit("limits.max-connections", () -> echo(tooMany));

        // Far beyond it sockets are closed at once, and those that were there are served.
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            sockets.add(new Socket(InetAddress.getLoopbackAddress(), node.listener.port()));
        }
        assertThat(sockets.get(99).getInputStream().read()).isEqualTo(-1);
        assertThat(echo(channels.get(0))).isEqualTo("x");

        // Connections are accepted again when some have ended.
        for (Socket socket : sockets) {
            socket.close();
        }
        channels.forEach(ManagedChannel::shutdownNow);
        tooMany.shutdownNow();
        await().ignoreExceptions().until(() -> echo(node.channel()).equals("x"));
    }

    @Test
    void requestThatTricklesIn_isEnded() throws Exception {
        start("limits.slow-client-timeout-in-ms", "200");
        ClientCall<Message, Ok> call =
                node.channel().newCall(LignumGrpc.getSendMethod(), CallOptions.DEFAULT);
        CollectedAnswers<Ok> answers = new CollectedAnswers<>();
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        answers.onError(status.asRuntimeException(trailers));
                    }
                },
                new Metadata());
        call.request(1);
        call.sendMessage(message("t", 1)); // and never the end of it

        assertThat(answers.end().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(answers.details().getLimit()).isEqualTo("limits.slow-client-timeout-in-ms");
        assertServes();
    }

    @Test
    void connectionThatSaysNothing_isClosed() throws Exception {
        start("limits.slow-client-timeout-in-ms", "200");
        try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), node.listener.port())) {
            silent.setSoTimeout(20_000);
            assertThat(silent.getInputStream().readAllBytes()).isNotNull();
        }
        assertServes();
    }

    @Test
    void idleConnection_isClosed() throws Exception {
        start("limits.idle-timeout-in-ms", "300");
        ManagedChannel channel = node.channel();
        assertThat(echo(channel)).isEqualTo("x");
        await().until(() -> channel.getState(false) == io.grpc.ConnectivityState.IDLE);
        assertThat(echo(channel)).isEqualTo("x");
    }

    @Test
    void answersThatOneConnectionDoesNotTake_areLimitedForItAlone() throws Exception {
        start("limits.read-max-bytes", "4000000", "limits.max-bytes-in-flight", "32000000");
        for (int i = 0; i < 4; i++) {
            node.service
                    .ownSession()
                    .produce("t", LogRecord.of(new byte[1_000_000]), NotLeaderPolicy.FORWARD)
                    .join();
        }
        FetchRequest all = FetchRequest.newBuilder().setTopic("t").build();
        ManagedChannel greedy = node.channel();
        for (int i = 0; i < 5; i++) {
            ClientCall<FetchRequest, Fetched> call =
                    greedy.newCall(LignumLogGrpc.getFetchMethod(), CallOptions.DEFAULT);
            call.start(new ClientCall.Listener<>() {}, new Metadata());
            call.sendMessage(all); // and never a request for the answer
            call.halfClose();
        }

        await().untilAsserted(() -> {
            StatusRuntimeException error = catchThrowableOfType(
                    StatusRuntimeException.class,
                    () -> LignumLogGrpc.newBlockingStub(greedy).fetch(all));
            assertThat(error).isNotNull();
            assertThat(CollectedAnswers.detailsOf(error).getLimit())
                    .isEqualTo("limits.max-bytes-in-flight");
        });
        assertThat(node.log().fetch(all).getMessageCount()).isPositive();
    }

    private LignumGrpc.LignumBlockingStub original() {
        return LignumGrpc.newBlockingStub(node.channel());
    }

    private static String echo(ManagedChannel channel) {
        return LignumGrpc.newBlockingStub(channel)
                .echo(EchoMessage.newBuilder().setMessage("x").build())
                .getMessage();
    }

    private static Message message(String topic, int bytes) {
        return Message.newBuilder()
                .setTopic(topic)
                .setData(ByteString.copyFrom(new byte[bytes]))
                .build();
    }

    private void assertServes() {
        assertThat(original().send(message("served", 10)).getOffset()).isZero();
    }

    private static void assertLimit(String key, ThrowingCallable call) {
        StatusRuntimeException error = catchThrowableOfType(StatusRuntimeException.class, call);
        assertThat(error).isNotNull();
        assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(error.getStatus().getDescription()).contains(key);
        assertThat(CollectedAnswers.detailsOf(error).getLimit()).isEqualTo(key);
        assertThat(CollectedAnswers.detailsOf(error).getLimitValue()).isPositive();
    }
}
