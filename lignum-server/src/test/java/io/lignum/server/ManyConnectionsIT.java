package io.lignum.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.management.UnixOperatingSystemMXBean;

import io.lignum.client.Codecs;
import io.lignum.client.LignumClient;
import io.lignum.client.Producer;
import io.lignum.server.cluster.NodeProcess;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Ten thousand connections to a node's process, above the limit and within it. */
class ManyConnectionsIT {

    private static final int MANY = 10_000;

    /** Files of this process itself. */
    private static final int OTHER_FILES = 1_000;

    private static final long RESIDENT_KIB = 700_000; // of a node with 256 MiB of heap
    private static final byte[] PING =
            "GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] GRPC_OPENING = ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
                    + "\0\0\0\4\0\0\0\0\0")
            .getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path directory;

    private final List<Socket> sockets = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // every test starts its own
    private NodeProcess node;

    private void start(String... settings) {
        var system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        assumeThat(system.getMaxFileDescriptorCount())
                .as("ulimit -n")
                .isGreaterThan(MANY + OTHER_FILES);
        node = NodeProcess.alone(directory, settings);
        node.launch();
        node.awaitReady();
    }

    @AfterEach
    void end() {
        node.kill();
        hangUp();
    }

    private void hangUp() {
        sockets.forEach(socket -> {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        sockets.clear();
    }

    private Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        sockets.add(socket);
        return socket;
    }

    @Test
    void connectionsFarBeyondTheLimit_areCut_whileThoseWithinAreServed() throws IOException {
        start();
        try (LignumClient client = LignumClient.connect(node.address());
                Producer<byte[], String> producer =
                        client.producer("t").values(Codecs.utf8()).open()) {
            assertThat(producer.send("before").join()).isZero();
            try (Socket kept = new Socket(InetAddress.getLoopbackAddress(), node.httpPort())) {
                assertThat(ping(kept)).isTrue();
                long before = descriptors();
                for (int i = 0; i < MANY; i++) {
                    connect(i % 2 == 0 ? node.httpPort() : node.grpcPort());
                    if (i % 1_000 == 0) {
                        assertThat(producer.send("meanwhile").join()).isPositive();
                        assertThat(ping(kept)).isTrue();
                    }
                }
                assertThat(descriptors()).isLessThan(before + 2 * 1_024 + 2 * 1_024 / 8 + 100);
                assertThat(resident()).isLessThan(RESIDENT_KIB);
                hangUp();
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> descriptors() <= before + 10);
                assertThat(ping(kept)).isTrue();
            }
            assertThat(producer.send("after").join()).isEqualTo(11);
        }
    }

    @Test
    void connectionsWithinTheLimit_areAllServed_withinTheNodesMemory() throws IOException {
        start(
                "limits.max-connections",
                Integer.toString(MANY),
                "limits.idle-timeout-in-ms",
                "600000");
        long before = descriptors();
        for (int i = 0; i < MANY; i++) {
            Socket socket = connect(i % 2 == 0 ? node.httpPort() : node.grpcPort());
            if (i % 2 == 0) {
                assertThat(ping(socket)).isTrue();
            } else {
                socket.getOutputStream().write(GRPC_OPENING);
                assertThat(socket.getInputStream().readNBytes(9)).hasSize(9); // its SETTINGS
            }
        }
        assertThat(descriptors()).isGreaterThanOrEqualTo(before + MANY);
        assertThat(resident()).isLessThan(RESIDENT_KIB);
        for (int i = 0; i < MANY; i += 100) {
            assertThat(ping(sockets.get(i))).isTrue();
        }
        hangUp();
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> descriptors() <= before + 10);
    }

    private static boolean ping(Socket socket) throws IOException {
        socket.setSoTimeout(30_000);
        try {
            socket.getOutputStream().write(PING);
            StringBuilder answer = new StringBuilder();
            byte[] bytes = new byte[1_000];
            while (answer.indexOf("PONG") < 0) {
                int read = socket.getInputStream().read(bytes);
                if (read < 0) {
                    return false;
                }
                answer.append(new String(bytes, 0, read, StandardCharsets.US_ASCII));
            }
            return true;
        } catch (SocketException | SocketTimeoutException cut) {
            return false;
        }
    }

    private Path proc() {
        return Path.of("/proc", Long.toString(node.pid()));
    }

    private long descriptors() {
        try (Stream<Path> all = Files.list(proc().resolve("fd"))) {
            return all.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long resident() throws IOException {
        return Files.readAllLines(proc().resolve("status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }
}
