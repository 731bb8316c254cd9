package io.lignum.cluster.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.cluster.coordinator.CoordinatorException;
import io.lignum.cluster.coordinator.TxnOp;

import org.junit.jupiter.api.Test;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The way to a Consul that misbehaves, played by a socket. */
final class ConsulCoordinatorTest {

    private static final String ANSWER =
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s";

    /**
     * Answers the first requests of each connection, counts all, and drops the connection at the
     * next.
     */
    private static final class Flaky implements AutoCloseable {
        private final ServerSocket socket =
                new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final AtomicInteger requests = new AtomicInteger();
        private final int answered;
        private final String body;

        Flaky(int answered, String body) throws IOException {
            this.answered = answered;
            this.body = body;
            Thread thread = new Thread(this::accept, "flaky");
            thread.setDaemon(true);
            thread.start();
        }

        private void accept() {
            while (!socket.isClosed()) {
                try (Socket connection = socket.accept()) {
                    serve(connection);
                } catch (IOException closed) {
                    // The next one, or the end.
                }
            }
        }

        private void serve(Socket connection) throws IOException {
            BufferedReader in = new BufferedReader(
                    new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
            for (int i = 0; i <= answered; i++) {
                int length = 0;
                String line = in.readLine();
                if (line == null) {
                    return;
                }
                for (; line != null && !line.isEmpty(); line = in.readLine()) {
                    if (line.startsWith("Content-Length: ")) {
                        length = Integer.parseInt(line.substring("Content-Length: ".length()));
                    }
                }
                for (int read = 0; read < length; read++) {
                    in.read();
                }
                requests.incrementAndGet();
                if (i < answered) {
                    connection
                            .getOutputStream()
                            .write(ANSWER.formatted(body.length(), body)
                                    .getBytes(StandardCharsets.UTF_8));
                }
            }
        }

        ConsulCoordinator connect() {
            return new ConsulCoordinator(
                    ConsulSettings.of("127.0.0.1", socket.getLocalPort()), ConsulSite::failed);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static <T> T await(CompletableFuture<T> future) {
        return future.orTimeout(10, TimeUnit.SECONDS).join();
    }

    private static void assertUnknown(CompletableFuture<?> future) {
        assertThatThrownBy(() -> await(future)).hasCauseInstanceOf(CoordinatorException.class);
    }

    @Test
    void connectionThatBreaksUnderAWrite_isNotSentAgain() throws IOException {
        try (Flaky consul = new Flaky(1, "{\"Results\":[],\"Errors\":null}");
                ConsulCoordinator coordinator = consul.connect()) {
            List<TxnOp> nothing = List.of(new TxnOp.Delete("key"));
            await(coordinator.transact(nothing));
            assertUnknown(coordinator.transact(nothing));
            assertThat(consul.requests).hasValue(2);
        }
    }

    @Test
    void answerThatMakesNoSense_isUnknown() throws IOException {
        try (Flaky consul = new Flaky(5, "[\"no transaction\"]");
                ConsulCoordinator coordinator = consul.connect()) {
            assertUnknown(coordinator.transact(List.of(new TxnOp.Put("key", "value"))));
            assertUnknown(coordinator.read("key"));
        }
    }

    @Test
    void silentConsul_isUnknownAfterTheReadTimeout() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                ConsulCoordinator coordinator = new ConsulCoordinator(
                        ConsulSettings.of("127.0.0.1", silent.getLocalPort()),
                        ConsulSite::failed)) {
            long start = System.nanoTime();
            assertUnknown(coordinator.renew("session"));
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(1900), Duration.ofSeconds(6));
        }
    }

    @Test
    void closedCoordinator_endsItsThreads() throws Exception {
        ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        try (silent) {
            ConsulCoordinator coordinator = new ConsulCoordinator(
                    ConsulSettings.of("127.0.0.1", silent.getLocalPort()), ConsulSite::failed);
            CompletableFuture<?> read = coordinator.read("key");
            CompletableFuture<?> watch = coordinator.watch("key", 0, Duration.ofSeconds(60));
            coordinator.close();
            assertUnknown(read);
            assertUnknown(watch);
            assertUnknown(coordinator.read("key"));
            assertThat(coordinator.awaitEnd(Duration.ofSeconds(5))).isTrue();
        }
    }

    @Test
    void settings_hideTheToken() {
        ConsulSettings settings = new ConsulSettings(
                "h",
                1,
                Optional.empty(),
                Optional.of("s3cret"),
                Optional.empty(),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1));
        assertThat(settings).hasToString("http://h:1");
    }
}
