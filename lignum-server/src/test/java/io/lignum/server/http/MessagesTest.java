package io.lignum.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.server.TestNode;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

class MessagesTest {

    private static final String LINES = "application/x-ndjson";

    @TempDir
    static Path directory;

    private static TestNode node;

    @BeforeAll
    static void start() {
        node = TestNode.start(directory);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void arrayOfMessages_isOneBatch() {
        assertThat(node.post("/api/messages?topic=array", "[\"a\",{\"message\":\"b\"}]")
                        .body())
                .isEqualTo("{\"status\":\"messages commited\",\"topic\":\"array\",\"offset\":0,"
                        + "\"count\":2,\"duplicate\":false}");
        assertThat(node.get("/api/message?topic=array&from=0&to=9").body()).contains("\"count\":2");
    }

    @Test
    void lines_comeBackAsLinesWithEverythingInThem() {
        String sent = """
                {"topic":"lines","message":"a","key":"k","headers":[{"key":"h","value":"v"}],"timestamp":7}
                "plain"

                {"dataBase64":"/wA=","keyBase64":"/g=="}
                {"message":null}
                """;
        assertThat(node.post("/api/messages", sent, "Content-Type", LINES).body())
                .contains("\"count\":4");
        HttpResponse<String> answer = node.get("/api/messages?topic=lines&from=0", "Accept", LINES);
        assertThat(answer.headers().firstValue("Lignum-Next")).hasValue("4");
        String[] lines = answer.body().split("\n", -1);
        assertThat(lines).hasSize(5);
        assertThat(lines[0])
                .isEqualTo("{\"offset\":0,\"timestamp\":7,\"key\":\"k\",\"message\":\"a\","
                        + "\"headers\":[{\"key\":\"h\",\"value\":\"v\"}]}");
        assertThat(lines[2]).contains("\"keyBase64\":\"/g==\"").contains("\"dataBase64\":\"/wA=\"");
        assertThat(lines[3]).contains("\"message\":null");
    }

    @Test
    void batchForSeveralTopics_isRefusedAsAWhole() {
        String body =
                "[{\"topic\":\"one\",\"message\":\"a\"},{\"topic\":\"two\",\"message\":\"b\"}]";
        assertThat(node.post("/api/messages", body).statusCode()).isEqualTo(400);
        assertThat(node.get("/api/topics/one").statusCode()).isEqualTo(404);
    }

    @Test
    void badMessageInABatch_nothingIsAppended_andTheErrorNamesTheMessage() {
        String body = "{\"message\":\"a\"}\n{\"massage\":\"b\"}\n";
        HttpResponse<String> answer =
                node.post("/api/messages?topic=badline", body, "Content-Type", LINES);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("massage").contains("line 2");
        assertThat(node.get("/api/topics/badline").statusCode()).isEqualTo(404);
    }

    @Test
    void repeatedBatchOfAProducer_isAnsweredWithItsFirstOffset() {
        String path = "/api/messages?topic=once&producerId=7&sequence=0";
        assertThat(node.post(path, "[\"a\",\"b\"]").body()).contains("\"offset\":0", "false");
        assertThat(node.post(path, "[\"a\",\"b\"]").body()).contains("\"offset\":0", "true");
        HttpResponse<String> gap =
                node.post("/api/messages?topic=once&producerId=7&sequence=9", "[\"c\"]");
        assertThat(gap.statusCode()).isEqualTo(409);
        assertThat(gap.body()).contains("OUT_OF_ORDER_SEQUENCE");
    }

    @Test
    void expectedOffset_holdsOrIsRefused() {
        assertThat(node.post("/api/messages?topic=cas&expectedOffset=0", "[\"a\"]")
                        .statusCode())
                .isEqualTo(200);
        HttpResponse<String> refused =
                node.post("/api/messages?topic=cas&expectedOffset=0", "[\"a\"]");
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("END_OFFSET_MISMATCH").contains("NOT_APPLIED");
    }

    @Test
    void anyBytes_comeBackAsTheyWereSent() {
        long seed = Long.getLong("lignum.seed", 1);
        Random random = new Random(seed);
        for (int size : new int[] {0, 1, 255, 70_000}) {
            byte[] sent = new byte[size];
            random.nextBytes(sent);
            HttpRequest append = HttpRequest.newBuilder(node.uri("/api/topics/raw/messages?key=k"))
                    .POST(BodyPublishers.ofByteArray(sent))
                    .build();
            String answer = TestNode.send(append).body();
            String offset = answer.replaceAll("\\D", "");
            HttpResponse<byte[]> read = TestNode.send(
                    node.request("GET", "/api/topics/raw/messages/" + offset, null),
                    BodyHandlers.ofByteArray());
            assertThat(read.body()).as("seed %d, size %d", seed, size).isEqualTo(sent);
            assertThat(read.headers().firstValue("Lignum-Key-Base64")).hasValue("aw==");
        }
    }

    @Test
    void bytesThatAreNotText_areNeverLostSilently() {
        node.post("/api/messages?topic=lossy", "[{\"dataBase64\":\"/wA=\"}]");
        assertThat(node.get("/api/message?topic=lossy&from=0&to=1").body())
                .contains("\"Data\":\"\uFFFD\\u0000\",\"DataBase64\":\"/wA=\"");
        assertThat(node.get("/api/message?topic=lossy&from=0&to=1&encoding=base64")
                        .body())
                .contains("{\"Id\":0,\"DataBase64\":\"/wA=\"}");
    }

    @Test
    void textOfEveryKind_comesBackTheSame() {
        String text = "\u0000\u001b\"\\ \u2028 \uD83C\uDF33 \uFFFD é\n";
        String sent = "{\"topic\":\"text\",\"message\":\"\\u0000\\u001b\\\"\\\\ \u2028 \uD83C\uDF33"
                + " \uFFFD é\\n\"}";
        assertThat(node.post("/api/message", sent).statusCode()).isEqualTo(200);
        HttpResponse<byte[]> raw = TestNode.send(
                node.request("GET", "/api/topics/text/messages/0", null),
                BodyHandlers.ofByteArray());
        assertThat(new String(raw.body(), StandardCharsets.UTF_8)).isEqualTo(text);
    }

    @Test
    void longPoll_answersWhenAMessageComes() {
        node.call("PUT", "/api/topics/poll", null);
        CompletableFuture<HttpResponse<String>> waiting = TestNode.client()
                .sendAsync(
                        node.request("GET", "/api/messages?topic=poll&from=0&waitMs=30000", null),
                        BodyHandlers.ofString());
        Awaitility.await().until(() -> node.node().service().waitingReads() == 1);
        node.post("/api/message", "{\"topic\":\"poll\",\"message\":\"news\"}");
        assertThat(waiting.join().body()).contains("news").contains("\"count\":1");
    }

    @Test
    void longPollWithoutNews_answersEmptyAtTheTimeout() {
        node.call("PUT", "/api/topics/quiet", null);
        assertThat(node.get("/api/message?topic=quiet&from=0&to=9&waitMs=50").body())
                .isEqualTo("{\"messages\":[],\"count\":0,\"next\":0}");
    }

    @Test
    void fromTime_findsTheFirstAtOrAfter() {
        node.post(
                "/api/messages?topic=times",
                "[{\"message\":\"a\",\"timestamp\":10},{\"message\":\"b\",\"timestamp\":20}]");
        assertThat(node.get("/api/messages?topic=times&fromTime=15").body())
                .contains("\"offset\":1")
                .doesNotContain("\"offset\":0");
    }

    @Test
    void events_arePushedAndResumeAfterTheLastOneSeen() throws IOException {
        node.post("/api/messages?topic=events", "[\"a\",\"b\"]");
        try (BufferedReader events = events("/api/topics/events/events")) {
            assertThat(events.readLine()).isEqualTo("id: 0");
            assertThat(events.readLine()).startsWith("data: {\"offset\":0,").endsWith("\"a\"}");
            assertThat(events.readLine()).isEmpty();
            assertThat(events.readLine()).isEqualTo("id: 1");
            events.readLine();
            events.readLine();
            node.post("/api/message", "{\"topic\":\"events\",\"message\":\"c\"}");
            assertThat(events.readLine()).isEqualTo("id: 2");
            assertThat(events.readLine()).contains("\"message\":\"c\"");
        }
        try (BufferedReader again = events("/api/topics/events/events", "Last-Event-ID", "1")) {
            assertThat(again.readLine()).isEqualTo("id: 2");
        }
    }

    @Test
    void eventsOfADeletedTopic_endWithAnError() throws IOException {
        node.post("/api/messages?topic=doomed", "[\"a\"]");
        try (BufferedReader events = events("/api/topics/doomed/events")) {
            assertThat(events.readLine()).isEqualTo("id: 0");
            node.call("DELETE", "/api/topics/doomed", null);
            assertThat(events.lines().toList().toString()).contains("event: error");
        }
    }

    private static BufferedReader events(String path, String... headers) {
        HttpResponse<InputStream> answer = TestNode.send(
                node.request("GET", path, null, headers), BodyHandlers.ofInputStream());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type").orElse(""))
                .startsWith("text/event-stream");
        return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
    }
}
