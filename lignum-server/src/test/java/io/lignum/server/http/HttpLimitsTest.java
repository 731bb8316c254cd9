package io.lignum.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.server.TestNode;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Every limit from a client's view: the error names it, and other clients are served meanwhile. */
class HttpLimitsTest {

    @TempDir
    Path directory;

    @Test
    void messageTooLarge_413() {
        try (TestNode node = TestNode.start(directory, "limits.message-max-bytes", "100")) {
            assertThat(send(node, "x".repeat(100)).statusCode()).isEqualTo(200);
            assertOver(send(node, "x".repeat(101)), 413, "limits.message-max-bytes", 100);
            assertServing(node);
        }
    }

    @Test
    void requestTooLarge_413() {
        try (TestNode node = TestNode.start(
                directory,
                "limits.request-max-bytes",
                "2048",
                "limits.message-max-bytes",
                "2048")) {
            assertOver(send(node, "x".repeat(4096)), 413, "limits.request-max-bytes", 2048);
            assertServing(node);
        }
    }

    @Test
    void chunkedRequestTooLarge_413() throws IOException {
        try (TestNode node = TestNode.start(
                directory,
                "limits.request-max-bytes",
                "2048",
                "limits.message-max-bytes",
                "2048")) {
            String answer = node.exchange(
                    "POST /api/message HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                            + ("400\r\n" + "x".repeat(1024) + "\r\n").repeat(3));
            assertThat(answer).contains(" 413 ").contains("limits.request-max-bytes");
            assertServing(node);
        }
    }

    @Test
    void batchTooLong_413() {
        try (TestNode node = TestNode.start(directory, "limits.batch-max-records", "2")) {
            String batch = "[\"a\",\"b\",\"c\"]";
            assertOver(
                    node.post("/api/messages?topic=t", batch), 413, "limits.batch-max-records", 2);
            assertServing(node);
        }
    }

    @Test
    void batchTooLarge_413() {
        try (TestNode node = TestNode.start(
                directory, "limits.batch-max-bytes", "1024", "limits.message-max-bytes", "512")) {
            String batch = "[\"" + "x".repeat(500) + "\",\"" + "x".repeat(500) + "\"]";
            assertOver(
                    node.post("/api/messages?topic=t", batch), 413, "limits.batch-max-bytes", 1024);
            assertServing(node);
        }
    }

    @Test
    void answerTooLarge_isCutAndSaysWhereToGoOn() {
        try (TestNode node = TestNode.start(
                directory, "limits.read-max-records", "2", "limits.read-max-bytes", "10")) {
            node.post("/api/messages?topic=t", "[\"a\",\"b\",\"c\",\"123456789012\",\"d\"]");
            assertThat(node.get("/api/message?topic=t&from=0&to=9").body())
                    .endsWith("\"count\":2,\"next\":2}");
            assertThat(node.get("/api/message?topic=t&from=2&to=9").body())
                    .endsWith("\"count\":1,\"next\":3}");
            assertThat(node.get("/api/message?topic=t&from=3&to=9").body())
                    .contains("123456789012")
                    .endsWith("\"count\":1,\"next\":4}");
        }
    }

    @Test
    void tooManyTopics_429() {
        try (TestNode node = TestNode.start(directory, "limits.max-topics", "1")) {
            assertServing(node);
            String body = "{\"topic\":\"second\",\"message\":\"x\"}";
            assertOver(node.post("/api/message", body), 429, "limits.max-topics", 1);
            assertOver(node.call("PUT", "/api/topics/second", null), 429, "limits.max-topics", 1);
            assertServing(node);
        }
    }

    @Test
    void tooManyConnections_429AndTheFirstOnesGoOn() throws IOException {
        try (TestNode node = TestNode.start(directory, "limits.max-connections", "2")) {
            try (Socket first = node.connect();
                    Socket second = node.connect()) {
                assertThat(ping(first)).contains("PONG");
                assertThat(ping(second)).contains("PONG");
                assertThat(node.exchange("GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                        .contains(" 429 ")
                        .contains("limits.max-connections");
                assertThat(ping(first)).contains("PONG");
            }
        }
    }

    @Test
    void tooManyRequests_429WhileThoseInFlightGoOn() {
        try (TestNode node = TestNode.start(directory, "limits.max-requests-in-flight", "1")) {
            assertServing(node);
            CompletableFuture<HttpResponse<String>> waiting = poll(node);
            Awaitility.await().until(() -> node.node().service().waitingReads() == 1);
            assertOver(node.get("/api/topics"), 429, "limits.max-requests-in-flight", 1);
            assertThat(node.get("/ping").body()).isEqualTo("PONG");
            assertThat(node.get("/health/ready").statusCode()).isEqualTo(200);
            assertThat(waiting.join().statusCode()).isEqualTo(200);
            Awaitility.await()
                    .until(() -> node.node().service().admission().requestsInFlight() == 0);
            assertServing(node);
        }
    }

    @Test
    void tooManyWaitingReads_429() {
        try (TestNode node = TestNode.start(directory, "limits.max-waiting-reads", "1")) {
            assertServing(node);
            CompletableFuture<HttpResponse<String>> waiting = poll(node);
            Awaitility.await().until(() -> node.node().service().waitingReads() == 1);
            assertOver(
                    node.get("/api/messages?topic=t&from=end&waitMs=1000"),
                    429,
                    "limits.max-waiting-reads",
                    1);
            assertServing(node);
            assertThat(waiting.join().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void waitAboveTheLimit_isCutShort() {
        try (TestNode node = TestNode.start(directory, "limits.max-wait-in-ms", "50")) {
            assertServing(node);
            assertThat(node.get("/api/messages?topic=t&from=end&waitMs=3000000").body())
                    .contains("\"count\":0");
        }
    }

    @Test
    void tooManyStreams_429() throws IOException {
        try (TestNode node = TestNode.start(directory, "limits.max-streams", "1")) {
            assertServing(node);
            var stream = TestNode.send(
                    node.request("GET", "/api/topics/t/events", null),
                    BodyHandlers.ofInputStream());
            assertThat(stream.statusCode()).isEqualTo(200);
            assertOver(node.get("/api/topics/t/events"), 429, "limits.max-streams", 1);
            stream.body().close();
            assertServing(node);
        }
    }

    @Test
    void bytesInFlightAboveTheLimit_429() throws IOException {
        try (TestNode node = TestNode.start(
                directory,
                "limits.max-bytes-in-flight",
                "2048",
                "limits.request-max-bytes",
                "2048",
                "limits.batch-max-bytes",
                "2048",
                "limits.message-max-bytes",
                "2048")) {
            try (Socket half = node.connect()) {
                String head =
                        "POST /api/message HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000\r\n\r\n";
                write(half, head + "x".repeat(1500));
                Awaitility.await()
                        .untilAsserted(() -> assertOver(
                                send(node, "x".repeat(1000)),
                                429,
                                "limits.max-bytes-in-flight",
                                2048));
            }
            Awaitility.await()
                    .until(() -> node.node().service().admission().requestsInFlight() == 0);
            assertServing(node);
        }
    }

    @Test
    void requestThatTricklesIn_408() throws IOException {
        try (TestNode node = TestNode.start(directory, "limits.slow-client-timeout-in-ms", "200")) {
            try (Socket slow = node.connect()) {
                write(
                        slow,
                        "POST /api/message HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{");
                String answer = readAll(slow);
                assertThat(answer).contains(" 408 ").contains("limits.slow-client-timeout-in-ms");
            }
            assertServing(node);
        }
    }

    @Test
    void headThatTricklesIn_isCut() throws IOException {
        try (TestNode node = TestNode.start(directory, "limits.slow-client-timeout-in-ms", "200")) {
            try (Socket slow = node.connect()) {
                write(slow, "GET /ping HTTP/1.1\r\n");
                Awaitility.await().until(() -> !trickle(slow));
            }
            assertServing(node);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GE",
                "GET /ping HTTP/1.1\r\nHost: localh",
                "GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\nGET /ping HT",
            })
    void headThatIsSentHalf_isCut(String sent) throws IOException {
        try (TestNode node = TestNode.start(directory, "limits.slow-client-timeout-in-ms", "200")) {
            try (Socket slow = node.connect()) {
                slow.setSoTimeout(20_000); // Less than limits.idle-timeout-in-ms.
                write(slow, sent);
                assertThat(readAll(slow)).doesNotContain(" 400 ");
            }
            assertServing(node);
        }
    }

    @Test
    void connectionBetweenRequests_isKeptLongerThanTheSlowClientTimeout() throws IOException {
        try (TestNode node = TestNode.start(
                directory,
                "limits.slow-client-timeout-in-ms",
                "200",
                "limits.idle-timeout-in-ms",
                "3000")) {
            try (Socket idle = node.connect()) {
                long startNanos = System.nanoTime();
                assertThat(ping(idle)).contains("PONG");
                assertThat(idle.getInputStream().read()).isEqualTo(-1);
                assertThat(Duration.ofNanos(System.nanoTime() - startNanos))
                        .isGreaterThan(Duration.ofMillis(2500));
            }
        }
    }

    @Test
    void idleConnection_isClosed() throws IOException {
        try (TestNode node = TestNode.start(directory, "limits.idle-timeout-in-ms", "200")) {
            try (Socket idle = node.connect()) {
                assertThat(ping(idle)).contains("PONG");
                assertThat(idle.getInputStream().read()).isEqualTo(-1);
            }
            assertServing(node);
        }
    }

    @Test
    void streamThatIsNotRead_isCutAndGivesItsPlaceBack() throws IOException {
        try (TestNode node = TestNode.start(directory, "limits.slow-client-timeout-in-ms", "300")) {
            String line = "\"" + "x".repeat(500_000) + "\"";
            for (int i = 0; i < 40; i++) {
                assertThat(node.post("/api/messages?topic=big", "[" + line + "]")
                                .statusCode())
                        .isEqualTo(200);
            }
            try (Socket deaf = node.connect()) {
                write(deaf, "GET /api/topics/big/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
                Awaitility.await()
                        .until(() -> node.node().service().admission().openStreams() == 1);
                Awaitility.await()
                        .until(() -> node.node().service().admission().openStreams() == 0);
            }
            assertServing(node);
        }
    }

    @Test
    void answerThatIsNotTaken_delaysNoOtherClient() throws IOException {
        try (TestNode node = TestNode.start(
                directory,
                "limits.slow-client-timeout-in-ms",
                "1000",
                "limits.max-bytes-in-flight",
                "1000000000")) {
            String line = "\"" + "x".repeat(500_000) + "\"";
            for (int i = 0; i < 16; i++) {
                node.post("/api/messages?topic=big", "[" + line + "]");
            }
            List<Socket> deaf = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                Socket socket = node.connect();
                socket.setReceiveBufferSize(4096);
                write(
                        socket,
                        "GET /api/message?topic=big&from=0&to=99 HTTP/1.1\r\nHost: localhost\r\n\r\n");
                deaf.add(socket);
            }
            assertServing(node);
            Awaitility.await() // Half a gigabyte of JSON is written first.
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> node.node().service().admission().requestsInFlight() == 0);
            for (Socket socket : deaf) {
                socket.close();
            }
            assertServing(node);
        }
    }

    private static boolean trickle(Socket socket) {
        try {
            write(socket, "X");
            return true;
        } catch (IOException cut) {
            return false;
        }
    }

    private static CompletableFuture<HttpResponse<String>> poll(TestNode node) {
        return TestNode.client()
                .sendAsync(
                        node.request("GET", "/api/messages?topic=t&from=99&waitMs=2000", null),
                        BodyHandlers.ofString());
    }

    private static String ping(Socket socket) throws IOException {
        write(socket, "GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n");
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf("PONG") < 0) {
            int read = socket.getInputStream().read();
            if (read < 0) {
                return answer.toString();
            }
            answer.append((char) read);
        }
        return answer.toString();
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String readAll(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static HttpResponse<String> send(TestNode node, String message) {
        return node.post("/api/message", "{\"topic\":\"t\",\"message\":\"" + message + "\"}");
    }

    private static void assertOver(
            HttpResponse<String> answer, int status, String limit, long value) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        if (status == 429) {
            assertThat(answer.headers().firstValue("Retry-After")).contains("1");
        }
        assertThat(answer.body())
                .contains("\"limit\":{\"name\":\"" + limit + "\",\"value\":" + value + "}")
                .contains("\"outcome\":\"NOT_APPLIED\"");
    }

    private static void assertServing(TestNode node) {
        assertThat(send(node, "still here").statusCode()).isEqualTo(200);
    }
}
