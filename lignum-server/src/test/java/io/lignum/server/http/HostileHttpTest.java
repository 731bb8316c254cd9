package io.lignum.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.record.fuzz.Mutator;
import io.lignum.record.fuzz.Rounds;
import io.lignum.server.TestNode;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Valid requests with some bytes of head and body changed: each is answered, or its connection is
 * closed.
 */
@SuppressWarnings("StringConcatToTextBlock") // the line ends of HTTP
@Isolated // it looks at the heap of the whole process
final class HostileHttpTest {

    private static final int ROUNDS = 500;
    private static final long HEAP_BOUND_BYTES = 64L << 20;

    @TempDir
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private TestNode node;

    @BeforeEach
    void start() {
        node = TestNode.start(
                directory.resolve("data"),
                "limits.max-topics",
                "60",
                "limits.max-wait-in-ms",
                "20",
                "limits.slow-client-timeout-in-ms",
                "1000");
        assertThat(node.post("/api/messages?topic=kept", "[\"first\",\"second\"]")
                        .statusCode())
                .isEqualTo(200);
    }

    @AfterEach
    void close() {
        node.close();
    }

    private static String request(String line, String body, String... headers) {
        StringBuilder text = new StringBuilder(line).append(" HTTP/1.1\r\nHost: localhost\r\n");
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        if (!body.isEmpty()) {
            text.append("Content-Length: ").append(body.length()).append("\r\n");
        }
        return text.append("Connection: close\r\n\r\n").append(body).toString();
    }

    /**
     * One request of each kind, each for its own topic; a change hardly yields the name of another.
     */
    private static List<byte[]> requests() {
        return Stream.of(
                        request("GET /ping", ""),
                        request("GET /health/ready?writes=true", ""),
                        request("GET /metrics", ""),
                        request("GET /openapi.json", ""),
                        request("GET /api/cluster", ""),
                        request("GET /api/topics", ""),
                        request("PUT /api/topics/made", "{\"segment_max_records\":10}"),
                        request("GET /api/topics/made", ""),
                        request("DELETE /api/topics/made", ""),
                        request("POST /api/message", "{\"topic\":\"hostile\",\"message\":\"x\"}"),
                        request(
                                "POST /api/messages?topic=hostile",
                                "[\"a\",{\"data\":\"b\",\"headers\":{\"k\":\"v\"}}]",
                                "Content-Type: application/json"),
                        request(
                                "POST /api/messages?topic=hostile",
                                "one\ntwo\n",
                                "Content-Type: text/plain"),
                        request("GET /api/message?topic=hostile&from=0&to=9", ""),
                        request("GET /api/message", "{\"topic\":\"hostile\",\"from\":0,\"to\":3}"),
                        request(
                                "GET /api/messages?topic=hostile&from=end&waitMs=5&level=linearizable&minHw=1",
                                ""),
                        request("GET /api/topics/hostile/events?from=0", "", "Last-Event-ID: 3"),
                        "POST /api/message HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + "22\r\n{\"topic\":\"hostile\",\"message\":\"yz\"}\r\n0\r\n\r\n")
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void hostileRequest_isAnswered_orItsConnectionClosed() throws IOException {
        List<byte[]> requests = requests();
        for (byte[] sound : requests) {
            assertThat(status(exchange(sound))).isLessThan(500);
        }
        long before = usedHeap();
        int[] refused = new int[1];
        Rounds.run("HTTP requests", ROUNDS, seed -> {
            Mutator mutator = new Mutator(seed);
            byte[] sound = requests.get((int) (seed % requests.size()));
            byte[] other = requests.get(mutator.random().nextInt(requests.size()));
            String answer = exchange(mutator.mutate(sound, other));
            int status = status(answer);
            // 501 and 505: an unknown method or version; 503: not ready for writes.
            assertThat(status < 500 || status == 501 || status == 505)
                    .as("%s", answer)
                    .isTrue();
            assertThat(answer).doesNotContain("at org.eclipse", "at io.lignum", "Exception");
            refused[0] += status >= 400 ? 1 : 0;
        });
        assertThat(refused[0]).isPositive();
        assertThat(node.get("/api/message?topic=kept&from=0&to=9").body())
                .contains("\"first\"", "\"second\"", "\"count\":2");
        assertThat(node.post("/api/message", "{\"topic\":\"kept\",\"message\":\"x\"}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(usedHeap()).isLessThan(before + HEAP_BOUND_BYTES);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(directory.resolve("data"));
        }
    }

    /** Returns the response until the node closes the connection, or the beginning of a stream. */
    private String exchange(byte[] request) throws IOException {
        try (Socket socket = node.connect()) {
            socket.getOutputStream().write(request);
            socket.shutdownOutput();
            byte[] first = new byte[1 << 16];
            int read = Math.max(0, socket.getInputStream().read(first));
            return new String(first, 0, read, StandardCharsets.UTF_8);
        } catch (SocketException cut) {
            assertThat(cut).hasMessageMatching("(?s).*(reset|roken pipe|closed|abort).*");
            return "";
        }
    }

    /** Returns 0 if there is no response. */
    private static int status(String answer) {
        if (answer.isEmpty()) {
            return 0;
        }
        assertThat(answer).startsWith("HTTP/1.1 ");
        return Integer.parseInt(answer.substring(9, 12));
    }

    private static long usedHeap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
