package io.lignum.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;

import io.lignum.server.TestNode;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;

/**
 * Bytes that no proper client sends. The node answers or closes the connection, logs nothing, and
 * continues.
 */
@SuppressWarnings("StringConcatToTextBlock") // the line ends of HTTP
@Isolated // it watches the log of the whole process
class BadInputTest {

    @TempDir
    static Path directory;

    private static TestNode node;
    private static final ListAppender<ILoggingEvent> LOG = new ListAppender<>();

    @BeforeAll
    static void start() {
        node = TestNode.start(directory);
        LOG.start();
        root().addAppender(LOG);
    }

    @AfterAll
    static void stop() {
        root().detachAppender(LOG);
        node.close();
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    @Test
    void bodyCutShort_isNotLoggedAndNothingIsAppended() throws IOException {
        String answer = node.exchange("POST /api/message HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Length: 100\r\n\r\n{\"topic\":\"cut\",\"message\":\"x\"}");
        assertThat(answer)
                .satisfiesAnyOf(
                        text -> assertThat(text).isEmpty(),
                        text -> assertThat(text).startsWith("HTTP/1.1 400"));
        assertThat(node.get("/api/topics/cut").statusCode()).isEqualTo(404);
        assertServingAndQuiet();
    }

    @Test
    void bodyCutByAReset_isNotLogged() throws IOException {
        try (Socket socket = node.connect()) {
            socket.setSoLinger(true, 0);
            socket.getOutputStream()
                    .write(
                            "POST /api/message HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"
                                    .getBytes(StandardCharsets.UTF_8));
            Awaitility.await()
                    .until(() -> node.node().service().admission().requestsInFlight() == 1);
        }
        Awaitility.await().until(() -> node.node().service().admission().requestsInFlight() == 0);
        assertServingAndQuiet();
    }

    @Test
    void clientThatDisconnectsBeforeTheAnswer_isNotLogged() throws IOException {
        node.call("PUT", "/api/topics/deleted", null);
        try (Socket socket = node.connect()) {
            socket.setSoLinger(true, 0);
            socket.getOutputStream()
                    .write(("GET /api/messages?topic=deleted&from=0&waitMs=300 HTTP/1.1\r\n"
                                    + "Host: localhost\r\n\r\n")
                            .getBytes(StandardCharsets.UTF_8));
            Awaitility.await().until(() -> node.node().service().waitingReads() == 1);
        }
        Awaitility.await().until(() -> node.node().service().admission().requestsInFlight() == 0);
        assertServingAndQuiet();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\n\r\n\r\n",
                "BREW /api/message HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /api/message HTTP/9.9\r\n\r\n",
                "GET /ping HTTP/1.1\r\n\r\n",
                "GET /api/topics/%2e%2e%2fx HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /api/topics/%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /api/../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /api/topics?a=%00%1b HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "POST /api/message HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
                "POST /api/message HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /api/message HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            })
    void nonsense_isAnsweredOrClosedAndNotLogged(String raw) throws IOException {
        String answer = node.exchange(raw);
        assertThat(answer)
                .satisfiesAnyOf(
                        text -> assertThat(text).isEmpty(),
                        text -> assertThat(text).startsWith("HTTP/1.1 4"),
                        text -> assertThat(text).startsWith("HTTP/1.1 5"));
        assertThat(answer).doesNotContain("at org.eclipse", "at io.lignum", "Exception");
        assertServingAndQuiet();
    }

    @Test
    void headTooLarge_431() throws IOException {
        String answer = node.exchange(
                "GET /ping HTTP/1.1\r\nHost: localhost\r\nX: " + "y".repeat(20_000) + "\r\n\r\n");
        assertThat(answer)
                .satisfiesAnyOf(
                        text -> assertThat(text).isEmpty(),
                        text -> assertThat(text).startsWith("HTTP/1.1 431"));
        assertServingAndQuiet();
    }

    @Test
    void randomBytes_areSurvived() throws IOException {
        long seed = Long.getLong("lignum.seed", 1);
        Random random = new Random(seed);
        for (int i = 0; i < 50; i++) {
            byte[] bytes = new byte[random.nextInt(2_000)];
            random.nextBytes(bytes);
            node.exchange("POST /api/message HTTP/1.1\r\nHost: localhost\r\nContent-Length: "
                    + bytes.length + "\r\n\r\n"
                    + new String(bytes, StandardCharsets.ISO_8859_1));
        }
        assertThat(node.get("/ping").body()).as("seed %d", seed).isEqualTo("PONG");
        assertServingAndQuiet();
    }

    @Test
    void jsonNestedDeeply_400() {
        String deep = "{\"topic\":\"t\",\"headers\":" + "[".repeat(100_000);
        assertThat(node.post("/api/message", deep).statusCode()).isEqualTo(400);
        assertServingAndQuiet();
    }

    private static void assertServingAndQuiet() {
        String body = "{\"topic\":\"ok\",\"message\":\"x\"}";
        assertThat(node.post("/api/message", body).statusCode()).isEqualTo(200);
        assertThat(LOG.list).extracting(ILoggingEvent::getFormattedMessage).isEmpty();
    }
}
