package io.lignum.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.server.TestNode;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A long poll ends when its client disconnects. */
class ClientDisconnectTest {

    private static final String POLL =
            "GET /api/messages?topic=t&from=end&waitMs=%d HTTP/1.1\r\nHost: localhost\r\n\r\n";

    @TempDir
    Path directory;

    private TestNode start() {
        TestNode node = TestNode.start(directory, "limits.max-waiting-reads", "20");
        assertThat(node.call("PUT", "/api/topics/t", null).statusCode()).isEqualTo(200);
        return node;
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void clientsThatLeft_giveTheirPlacesBackLongBeforeTheWaitEnds() throws IOException {
        try (TestNode node = start()) {
            List<Socket> pollers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Socket poller = node.connect();
                write(poller, POLL.formatted(30_000));
                pollers.add(poller);
            }
            Awaitility.await().until(() -> node.node().service().waitingReads() == 20);
            for (int i = 0; i < pollers.size(); i++) {
                if (i % 2 == 0) {
                    pollers.get(i).setSoLinger(true, 0); // a reset instead of an end
                }
                pollers.get(i).close();
            }
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> node.node().service().waitingReads() == 0
                            && node.node().service().admission().requestsInFlight() == 0);
            assertThat(node.get("/api/messages?topic=t&from=end&waitMs=10").statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void clientThatEndsItsOwnSideOnly_getsItsAnswerEarly() throws IOException {
        try (TestNode node = start()) {
            long startNanos = System.nanoTime();
            assertThat(node.exchange(POLL.formatted(30_000))).contains("\"count\":0");
            assertThat(Duration.ofNanos(System.nanoTime() - startNanos))
                    .isLessThan(Duration.ofSeconds(20));
        }
    }

    @Test
    void nextRequestThatArrivesDuringTheWait_isAnsweredAfterIt() throws IOException {
        try (TestNode node = start();
                Socket socket = node.connect()) {
            write(socket, POLL.formatted(1_500));
            Awaitility.await().until(() -> node.node().service().waitingReads() == 1);
            write(socket, "GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n");
            write(socket, "GET /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            String answers =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answers).containsSubsequence("\"count\":0", "PONG", "NOT_FOUND");
        }
    }
}
