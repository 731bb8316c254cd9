package io.lignum.server.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.server.tls.TlsListeners.Port;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Handshakes that do not end, or whose messages are too long, at the three ports of a node: each is
 * ended in time, and meanwhile others are served.
 */
class SlowHandshakesTest {

    /** Less than the connections that any of the ports accepts. */
    private static final int MANY = 100;

    private static final Duration IN_TIME = Duration.ofSeconds(20);
    private static final int CERTIFICATE = 11;
    private static final int CERTIFICATE_BYTES = 100_000;
    private static final int MOST_IN_A_RECORD = 1 << 14;

    @TempDir
    static Path directory;

    private static TlsListeners listeners;
    private final List<Socket> sockets = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        listeners = TlsListeners.start(directory, "limits.slow-client-timeout-in-ms", "2000");
    }

    @AfterAll
    static void stop() {
        listeners.close();
    }

    @AfterEach
    void hangUp() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private Socket connect(Port port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), listeners.number(port));
        sockets.add(socket);
        socket.setSoTimeout(20);
        return socket;
    }

    /** Whether the node has ended the connection; reads what it sent before. */
    private static boolean isEnded(Socket socket) {
        try {
            byte[] bytes = new byte[MOST_IN_A_RECORD];
            int read = 0;
            while (read >= 0) {
                read = socket.getInputStream().read(bytes);
            }
            return true;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    private static void assertServed(Port port) {
        Awaitility.await().atMost(IN_TIME).ignoreExceptions().until(() -> listeners.serves(port));
    }

    @ParameterizedTest
    @EnumSource
    void helloOfOneByteAtATime_isEndedInTime(Port port) throws IOException {
        byte[] hello = ClientHello.of(ClientHello.TLS_1_3).record();
        Socket socket = connect(port);
        int[] sent = new int[1];
        Awaitility.await().atMost(IN_TIME).until(() -> {
            if (sent[0] < hello.length - 1) {
                socket.getOutputStream().write(hello[sent[0]++]);
            }
            return isEnded(socket);
        });
        assertThat(sent[0]).isGreaterThan(1);
        assertServed(port);
    }

    @ParameterizedTest
    @EnumSource
    void clientThatIsSilentAfterTheHelloOfTheNode_isEndedInTime(Port port) throws IOException {
        for (int version : new int[] {ClientHello.TLS_1_2, ClientHello.TLS_1_3}) {
            Socket socket = connect(port);
            socket.getOutputStream().write(ClientHello.of(version).record());
            assertThat(isEnded(socket)).isFalse();
            Awaitility.await().atMost(IN_TIME).until(() -> isEnded(socket));
        }
    }

    @ParameterizedTest
    @EnumSource
    void manyHalfHandshakes_doNotKeepOthersOut(Port port) throws IOException {
        byte[] hello = ClientHello.of(ClientHello.TLS_1_3).record();
        for (int i = 0; i < MANY; i++) {
            connect(port).getOutputStream().write(Arrays.copyOf(hello, hello.length / 2));
        }
        assertServed(port);
        for (Socket socket : sockets) {
            Awaitility.await().atMost(IN_TIME).until(() -> isEnded(socket));
        }
    }

    /** In TLS 1.2 a client sends its certificates in the clear. */
    @ParameterizedTest
    @EnumSource
    void certificatesOfAHundredKilobytes_endTheHandshake(Port port) throws IOException {
        Socket socket = connect(port);
        socket.getOutputStream().write(ClientHello.of(ClientHello.TLS_1_2).record());
        byte[] message = ByteBuffer.allocate(CERTIFICATE_BYTES)
                .putInt((CERTIFICATE << 24) | (CERTIFICATE_BYTES - 4))
                .put(length(CERTIFICATE_BYTES - 7))
                .put(length(CERTIFICATE_BYTES - 10))
                .array();
        long sentNanos = System.nanoTime();
        try {
            for (int from = 0; from < message.length; from += MOST_IN_A_RECORD) {
                int to = Math.min(message.length, from + MOST_IN_A_RECORD);
                socket.getOutputStream().write(record(Arrays.copyOfRange(message, from, to)));
            }
        } catch (IOException ended) {
            assertThat(ended).hasMessageMatching("(?s).*(reset|roken pipe).*");
        }
        Awaitility.await().atMost(IN_TIME).until(() -> isEnded(socket));
        assertThat(Duration.ofNanos(System.nanoTime() - sentNanos))
                .as("not by the timeout")
                .isLessThan(Duration.ofSeconds(2));
        assertServed(port);
    }

    private static byte[] length(int bytes) {
        return new byte[] {(byte) (bytes >> 16), (byte) (bytes >> 8), (byte) bytes};
    }

    private static byte[] record(byte[] contents) {
        return ByteBuffer.allocate(5 + contents.length)
                .put((byte) ClientHello.HANDSHAKE)
                .putShort((short) ClientHello.TLS_1_2)
                .putShort((short) contents.length)
                .put(contents)
                .array();
    }
}
