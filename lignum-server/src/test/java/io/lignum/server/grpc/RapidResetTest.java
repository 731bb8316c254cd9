package io.lignum.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.api.LignumGrpc;
import io.lignum.api.LignumLogGrpc;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Calls that are started and reset at once, thousands of them on one connection (CVE-2023-44487).
 */
final class RapidResetTest {

    private static final int FLOOD = 20_000;
    private static final int ENHANCE_YOUR_CALM = 11;
    private static final byte[] CANCEL = ByteBuffer.allocate(4).putInt(8).array();

    @TempDir
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private GrpcNode node;

    @BeforeEach
    void start() throws IOException {
        node = GrpcNode.start(directory.resolve("data"));
        node.log().append(Batches.messages("t", "before"));
    }

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void callsResetAtOnce_endTheirConnection_andOthersAreServed() throws IOException {
        try (RawConnection hostile = new RawConnection(node.listener.port())) {
            String end = hostile.resetCalls(FLOOD, LignumGrpc.getSendMethod().getFullMethodName());
            assertThat(end).isNotEmpty();
        }
        assertThat(node.log().append(Batches.messages("t", "after")).getFirstOffset())
                .isEqualTo(1);
        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(node.service.admission().requestsInFlight()).isZero();
            assertThat(node.service.admission().memoryInUse()).isZero();
            assertThat(node.service.admission().openStreams()).isZero();
        });
    }

    /** As many as a client has whose calls all run into their deadlines at once. */
    @Test
    void callsCancelledByAFairClient_doNotEndItsConnection() throws IOException {
        try (RawConnection fair = new RawConnection(node.listener.port())) {
            String method = LignumLogGrpc.getSubscribeMethod().getFullMethodName();
            assertThat(fair.resetCalls(128, method)).isEmpty();
        }
    }

    private static final class RawConnection implements AutoCloseable {

        private static final byte[] PING = "answered".getBytes(StandardCharsets.US_ASCII);
        private static final int PING_TYPE = 6;

        private final Socket socket;

        RawConnection(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(Http2Frames.opening());
        }

        /** What the server said when it ended the connection; empty if it goes on. */
        String resetCalls(int count, String method) throws IOException {
            byte[] headers = Http2Frames.headers(method);
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (int i = 0; i < count; i++) {
                int stream = 2 * i + 1;
                all.writeBytes(Http2Frames.frame(
                        Http2Frames.HEADERS, Http2Frames.END_HEADERS, stream, headers));
                all.writeBytes(Http2Frames.frame(Http2Frames.RST_STREAM, 0, stream, CANCEL));
            }
            all.writeBytes(Http2Frames.frame(PING_TYPE, 0, 0, PING));
            try {
                socket.getOutputStream().write(all.toByteArray());
            } catch (SocketException closed) {
                // What it said before stands in the socket still.
            }
            return readToPingOrEnd();
        }

        private String readToPingOrEnd() throws IOException {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            try {
                while (true) {
                    int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
                    int type = in.readUnsignedByte();
                    in.skipNBytes(5);
                    byte[] payload = in.readNBytes(length);
                    if (type == PING_TYPE) {
                        return "";
                    }
                    if (type == Http2Frames.GOAWAY) {
                        assertThat(ByteBuffer.wrap(payload).getInt(4)).isEqualTo(ENHANCE_YOUR_CALM);
                        return new String(
                                payload, 8, payload.length - 8, StandardCharsets.US_ASCII);
                    }
                }
            } catch (EOFException | SocketException closed) {
                return "closed without a word";
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
