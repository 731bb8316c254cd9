package io.lignum.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.lignum.api.LignumGrpc;
import io.lignum.api.LignumLogGrpc;
import io.lignum.api.PingRequest;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Bytes that mean nothing, at each layer: the socket, the frames, the messages. Alone, because it
 * watches what the process logs.
 */
@Isolated
class GarbageTest {

    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EMPTY_SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};

    @TempDir
    private Path directory;

    private GrpcNode node;
    private final Noise noise = new Noise();

    @BeforeEach
    void open() throws Exception {
        node = GrpcNode.start(directory);
    }

    @AfterEach
    void close() {
        noise.stop();
        node.close();
    }

    @Test
    void randomBytesToThePort_disturbNoOtherClient() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 60; round++) {
            byte[] bytes = new byte[random.nextInt(5_000)];
            random.nextBytes(bytes);
            throwIn(round % 3 > 0, round % 3 > 1, bytes);
        }
        throwIn(
                false,
                false,
                "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

        assertServes("seed " + seed);
        assertThat(noise.lines).as("seed %d", seed).isEmpty();
    }

    @Test
    void randomMessages_areAnsweredWithAnErrorInEveryCall() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<MethodDescriptor<?, ?>> methods =
                new ArrayList<>(LignumGrpc.getServiceDescriptor().getMethods());
        methods.addAll(LignumLogGrpc.getServiceDescriptor().getMethods());
        for (MethodDescriptor<?, ?> method : methods) {
            for (int round = 0; round < 20; round++) {
                byte[] bytes = new byte[1 + random.nextInt(200)];
                random.nextBytes(bytes);
                bytes[0] = (byte) 0xff; // No tag begins so: never a message.
                Status status = call(method, bytes);
                assertThat(status.getCode())
                        .as(
                                "%s, seed %d, round %d: %s",
                                method.getFullMethodName(), seed, round, status)
                        .isEqualTo(Status.Code.INVALID_ARGUMENT);
            }
        }
        assertServes("seed " + seed);
        assertThat(noise.lines).as("seed %d", seed).isEmpty();
    }

    @Test
    void unknownCall_isUnimplemented() {
        Status status = call(
                LignumGrpc.getPingMethod().toBuilder()
                        .setFullMethodName("proto.Lignum/Nothing")
                        .build(),
                new byte[0]);
        assertThat(status.getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
    }

    private void throwIn(boolean preface, boolean settings, byte[] bytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.listener.port())) {
            if (preface) {
                socket.getOutputStream().write(PREFACE);
            }
            if (settings) {
                socket.getOutputStream().write(EMPTY_SETTINGS);
            }
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        } catch (java.net.SocketException cut) {
            assertThat(cut).hasMessageMatching("(?s).*(reset|roken pipe|closed|abort).*");
        }
    }

    private Status call(MethodDescriptor<?, ?> method, byte[] bytes) {
        return RawCalls.call(node.channel(), method, bytes);
    }

    private void assertServes(String as) {
        assertThat(LignumGrpc.newBlockingStub(node.channel())
                        .ping(PingRequest.getDefaultInstance())
                        .getMessage())
                .as(as)
                .isEqualTo("pong");
    }

    /** What the transport writes into the log about its clients, at the levels that are seen. */
    private static final class Noise extends Handler {

        final List<String> lines = new CopyOnWriteArrayList<>();
        private final Logger logger = Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty");

        Noise() {
            logger.addHandler(this);
        }

        @Override
        public void publish(LogRecord record) {
            if (record.getLevel().intValue() >= Level.INFO.intValue()
                    && String.valueOf(record.getLoggerName()).contains("Server")) {
                lines.add(record.getLoggerName() + ": " + record.getMessage() + " "
                        + record.getThrown());
            }
        }

        void stop() {
            logger.removeHandler(this);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
