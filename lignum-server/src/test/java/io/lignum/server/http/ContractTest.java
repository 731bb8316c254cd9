package io.lignum.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.server.TestNode;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.http.HttpResponse;
import java.nio.file.Path;

/** The exact responses that clients of the original rely on. */
class ContractTest {

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
    void post_answersInTheOriginalsWordsPlusTheOffset() {
        HttpResponse<String> answer =
                node.post("/api/message", "{\"topic\":\"post\",\"message\":\"text\"}");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo("{\"status\":\"message commited\",\"data\":\"text\",\"offset\":0}");
        assertThat(node.post("/api/message", "{\"topic\":\"post\",\"message\":\"more\"}")
                        .body())
                .endsWith("\"offset\":1}");
    }

    @Test
    void getWithJsonBody_readsTheRange() {
        fill("body", 3);
        assertThat(node.getWithBody("/api/message", "{\"topic\":\"body\",\"from\":0,\"to\":100}")
                        .body())
                .isEqualTo("{\"messages\":[{\"Id\":0,\"Data\":\"m0\"},{\"Id\":1,\"Data\":\"m1\"},"
                        + "{\"Id\":2,\"Data\":\"m2\"}],\"count\":3,\"next\":3}");
        assertThat(node.getWithBody("/api/message", "{\"topic\":\"body\",\"from\":1,\"to\":2}")
                        .body())
                .isEqualTo("{\"messages\":[{\"Id\":1,\"Data\":\"m1\"}],\"count\":1,\"next\":2}");
    }

    @Test
    void getWithQuery_readsTheSame() {
        fill("query", 2);
        assertThat(node.get("/api/message?topic=query&from=0&to=1").body())
                .isEqualTo("{\"messages\":[{\"Id\":0,\"Data\":\"m0\"}],\"count\":1,\"next\":1}");
    }

    @Test
    void rangePastTheEnd_givesFewerAndNone() {
        fill("past", 1);
        assertThat(node.get("/api/message?topic=past&from=5&to=9").body())
                .isEqualTo("{\"messages\":[],\"count\":0,\"next\":5}");
    }

    @ParameterizedTest
    @CsvSource({"9223372036854775808", "18446744073709551615", "9223372036854775807"})
    void toAboveTheLargestOffset_meansTheEnd(String to) {
        node.call("PUT", "/api/topics/unsigned", null);
        node.post("/api/message", "{\"topic\":\"unsigned\",\"message\":\"x\"}");
        assertThat(node.get("/api/message?topic=unsigned&from=0&to=" + to).body())
                .contains("\"Id\":0");
        assertThat(node.getWithBody(
                                "/api/message",
                                "{\"topic\":\"unsigned\",\"from\":0,\"to\":" + to + "}")
                        .body())
                .contains("\"Id\":0");
    }

    @Test
    void topics_areListedWithTheirCounts() {
        fill("listed", 3);
        assertThat(node.get("/api/topics").body())
                .startsWith("[{")
                .contains("{\"name\":\"listed\",\"message_count\":3,");
    }

    @Test
    void ping_pong() {
        HttpResponse<String> answer = node.get("/ping");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("PONG");
    }

    @Test
    void metrics_mapTheOriginalsCounters() {
        fill("counted", 4);
        assertThat(node.get("/metrics").body())
                .containsPattern("(?m)^lignum_topics_created_total [1-9]")
                .containsPattern("(?m)^lignum_post_message_request_total [1-9]")
                .contains("lignum_replicate_message_request_total 0.0")
                .contains("lignum_message_count{topic=\"counted\"} 4.0")
                .contains("lignum_build_info{")
                .contains("lignum_fsync_seconds_count")
                .contains("lignum_segments{topic=\"counted\"} 1.0");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"message\":\"x\"}                       | topic   | INVALID_ARGUMENT",
                "{\"topic\":\"\",\"message\":\"x\"}        | topic   | INVALID_ARGUMENT",
                "{\"topic\":\"a/b\",\"message\":\"x\"}     | topic   | INVALID_TOPIC",
                "{\"topic\":\"..\",\"message\":\"x\"}      | topic   | INVALID_TOPIC",
                "{\"topic\":\"t\"}                         | message | INVALID_ARGUMENT",
                "{\"topic\":\"t\",\"message\":1}           | message | INVALID_ARGUMENT",
                "{\"topic\":\"t\",\"message\":\"x\",\"z\":1} | z     | INVALID_ARGUMENT",
                "{\"topic\":\"t\",\"message\":\"x\"        | body    | INVALID_ARGUMENT",
                "{\"topic\":\"t\",\"message\":\"x\"}{}     | body    | INVALID_ARGUMENT",
                "not json                                  | body    | INVALID_ARGUMENT",
                "[]                                        | body    | INVALID_ARGUMENT",
            })
    void wrongPost_400SaysWhatAndWhy(String body, String field, String code) {
        assertWrong(node.post("/api/message", body), field, code);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "?from=0&to=1                        | topic    | INVALID_ARGUMENT",
                "?topic=nowhere&from=0&to=1          | topic    | UNKNOWN_TOPIC",
                "?topic=t&from=1&to=1                | from     | INVALID_ARGUMENT",
                "?topic=t&from=2&to=1                | from     | INVALID_ARGUMENT",
                "?topic=t&from=-1&to=1               | from     | INVALID_ARGUMENT",
                "?topic=t&from=18446744073709551615&to=1 | from | INVALID_ARGUMENT",
                "?topic=t&from=0&to=x                | to       | INVALID_ARGUMENT",
                "?topic=t&from=0                     | to       | INVALID_ARGUMENT",
                "?topic=t&from=0&to=1&form=2         | form     | INVALID_ARGUMENT",
                "?topic=t&from=0&to=1&encoding=utf9  | encoding | INVALID_ARGUMENT",
                "?topic=t&from=0&to=1&limit=0        | maxRecords | INVALID_ARGUMENT",
            })
    void wrongRead_400SaysWhatAndWhy(String query, String field, String code) {
        assertWrong(node.get("/api/message" + query), field, code);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"topic\":\"t\"}",
                "{\"topic\":\"t\",\"from\":3,\"to\":3}",
                "{\"topic\":\"t\",\"from\":0,\"to\":1,\"x\":1}",
                "{\"topic\":\"t\",\"from\":0,\"to\":1.5}",
                "{\"topic\":\"t\",\"from\":0,\"to\":-1}",
                "{\"topic\":\"t\",\"from\":0,\"to\":99999999999999999999}",
                "{\"topic\":1,\"from\":0,\"to\":1}",
                "{",
            })
    void wrongReadBody_400(String body) {
        HttpResponse<String> answer = node.getWithBody("/api/message", body);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).startsWith("{\"error\":").contains("NOT_APPLIED");
    }

    private static void assertWrong(HttpResponse<String> answer, String field, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(answer.body())
                .startsWith("{\"error\":\"")
                .contains("\"code\":\"" + code + "\"")
                .contains("\"field\":\"" + field + "\"")
                .contains("\"outcome\":\"NOT_APPLIED\"");
    }

    @ParameterizedTest
    @CsvSource({
        "DELETE, /api/message, 'POST, GET'",
        "POST, /ping, GET",
        "PUT, /api/topics, GET",
        "POST, /api/topics/t, 'PUT, GET, PATCH, DELETE'",
        "POST, /metrics, GET",
    })
    void wrongMethod_405WithAllow(String method, String path, String allow) {
        HttpResponse<String> answer = node.call(method, path, null);
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("Allow")).hasValue(allow);
        assertThat(answer.body()).contains("METHOD_NOT_ALLOWED");
    }

    @Test
    void unknownPath_404Json() {
        HttpResponse<String> answer = node.get("/api/nothing");
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("\"code\":\"NOT_FOUND\"");
    }

    private static void fill(String topic, int count) {
        for (int i = 0; i < count; i++) {
            String body = "{\"topic\":\"" + topic + "\",\"message\":\"m" + i + "\"}";
            assertThat(node.post("/api/message", body).statusCode()).isEqualTo(200);
        }
    }
}
