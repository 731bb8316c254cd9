package io.lignum.server.tls;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;

import io.lignum.record.fuzz.Mutator;
import io.lignum.record.fuzz.Rounds;
import io.lignum.server.tls.TlsListeners.Port;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * Bytes that are no handshake, or one with changes, at the three ports of a node with TLS: each
 * connection ends, nothing is answered in the clear but the documented refusal, and afterwards the
 * node has no more memory, threads and open files than before.
 */
@Isolated // It looks at the heap, the threads and the files of the whole process.
final class HostileTlsTest {

    private static final int ROUNDS = 150;
    private static final long HEAP_BOUND_BYTES = 32L << 20;
    private static final int SPARE_THREADS = 20;
    private static final int SPARE_FILES = 20;
    private static final int CHANGE_CIPHER_SPEC = 20;
    private static final int APPLICATION_DATA = 23;
    private static final int MOST_IN_A_RECORD = 1 << 14;

    private static final List<Port> PORTS = List.of(Port.values());

    private static final List<byte[]> HANDSHAKES = List.of(
            ClientHello.of(ClientHello.TLS_1_2).record(),
            ClientHello.of(ClientHello.TLS_1_3).record(),
            fragments(ClientHello.of(ClientHello.TLS_1_3).message(), 1),
            fragments(ClientHello.of(ClientHello.TLS_1_2).message(), 16),
            // Early data behind a hello, which is refused here.
            join(
                    ClientHello.of(ClientHello.TLS_1_3).record(),
                    record(CHANGE_CIPHER_SPEC, new byte[] {1}),
                    record(APPLICATION_DATA, new byte[500])),
            record(ClientHello.HANDSHAKE, new byte[MOST_IN_A_RECORD]),
            record(ClientHello.HANDSHAKE, new byte[MOST_IN_A_RECORD + 1]),
            record(ClientHello.HANDSHAKE, new byte[(1 << 16) - 1]),
            record(ServerReply.ALERT, new byte[] {2, 40}),
            join(
                    record(ServerReply.ALERT, new byte[] {1, 0}),
                    record(ServerReply.ALERT, new byte[] {1, 90})),
            record(APPLICATION_DATA, "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)),
            new byte[] {(byte) 0x80, 46, 1, 3, 1, 0, 3, 0, 0, 0, 16, 1, 0, 64}, // SSL 2
            "GET /ping HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"
                    .getBytes(StandardCharsets.US_ASCII));

    @TempDir
    Path directory;

    private TlsListeners listeners;

    @BeforeEach
    void start() throws IOException {
        listeners = TlsListeners.start(directory);
    }

    @AfterEach
    void stop() {
        listeners.close();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] record(int type, byte[] contents) {
        return ByteBuffer.allocate(5 + contents.length)
                .put((byte) type)
                .putShort((short) ClientHello.TLS_1_2)
                .putShort((short) contents.length)
                .put(contents)
                .array();
    }

    /** A message in records of few bytes. */
    private static byte[] fragments(byte[] message, int bytes) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < message.length; i += bytes) {
            all.writeBytes(record(
                    ClientHello.HANDSHAKE,
                    Arrays.copyOfRange(message, i, Math.min(message.length, i + bytes))));
        }
        return all.toByteArray();
    }

    @Test
    void hostileHandshake_endsWithItsConnection_andLeavesNothingBehind() throws IOException {
        for (Port port : PORTS) {
            for (byte[] handshake : HANDSHAKES) {
                exchange(port, handshake);
            }
            assertServes();
        }
        Use before = Use.now();
        Rounds.run("TLS handshakes", ROUNDS, seed -> {
            Mutator mutator = new Mutator(seed);
            Port port = PORTS.get((int) (seed % PORTS.size()));
            byte[] sound = HANDSHAKES.get(mutator.random().nextInt(HANDSHAKES.size()));
            byte[] other = HANDSHAKES.get(mutator.random().nextInt(HANDSHAKES.size()));
            exchange(port, mutator.mutate(sound, other));
            if (seed % 60 == 0) {
                assertServes();
            }
        });
        assertServes();
        assertFlat(before);
    }

    /** Changes one write of a client that would succeed, and ends its connection there. */
    @Test
    void handshakeThatIsChangedOnItsWay_leavesNothingBehind() throws IOException {
        Use before = Use.now();
        Rounds.run("TLS handshakes in progress", ROUNDS / 3, seed -> {
            Mutator mutator = new Mutator(seed);
            Port port = PORTS.get((int) (seed % PORTS.size()));
            int change = 1 + mutator.random().nextInt(4); // The hello is another test's.
            try (SSLSocket socket =
                    TlsClients.connectThrough(listeners.number(port), (plain, bytes, number) -> {
                        plain.write(number == change ? mutator.mutate(bytes) : bytes);
                        if (number == change) {
                            plain.close(); // Else the node waits for the rest of what is cut.
                        }
                    })) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
                parameters.setProtocols(new String[] {seed % 2 == 0 ? "TLSv1.2" : "TLSv1.3"});
                socket.setSSLParameters(parameters);
                socket.startHandshake();
                socket.getOutputStream()
                        .write("GET /ping HTTP/1.1\r\nHost: a\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
                var unused = socket.getInputStream().read();
            } catch (IOException refused) {
                assertThat(refused).isNotInstanceOf(SocketTimeoutException.class);
            }
        });
        assertServes();
        assertFlat(before);
    }

    /** Sends bytes and reads until the node ends the connection, which it must. */
    private void exchange(Port port, byte[] bytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), listeners.number(port))) {
            socket.setSoTimeout(30_000);
            OutputStream out = socket.getOutputStream();
            out.write(bytes);
            socket.shutdownOutput();
            byte[] answer = socket.getInputStream().readAllBytes();
            String text = new String(answer, StandardCharsets.ISO_8859_1);
            assertThat(text).doesNotContain("HTTP/1.1 200", "PONG", "io.lignum", "Exception");
        } catch (SocketException cut) {
            assertThat(cut).hasMessageMatching("(?s).*(reset|roken pipe|closed|abort).*");
        }
    }

    private void assertServes() throws IOException {
        for (Port port : PORTS) {
            assertThat(listeners.serves(port)).isTrue();
        }
    }

    private record Use(long heapBytes, int threads, long files) {

        static Use now() {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            return new Use(
                    runtime.totalMemory() - runtime.freeMemory(),
                    ManagementFactory.getThreadMXBean().getThreadCount(),
                    ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                            .getOpenFileDescriptorCount());
        }
    }

    private static void assertFlat(Use before) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            Use now = Use.now();
            assertThat(now.heapBytes).isLessThan(before.heapBytes + HEAP_BOUND_BYTES);
            assertThat(now.threads).isLessThan(before.threads + SPARE_THREADS);
            assertThat(now.files).isLessThan(before.files + SPARE_FILES);
        });
    }
}
