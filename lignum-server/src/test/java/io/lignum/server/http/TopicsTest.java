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

class TopicsTest {

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
    void topic_isCreatedDescribedChangedAndDeleted() {
        String settings = "{\"durability\":\"os\",\"retentionBytes\":1000000,\"quorumCount\":2}";
        HttpResponse<String> created = node.call("PUT", "/api/topics/crud", settings);
        assertThat(created.statusCode()).as(created.body()).isEqualTo(200);
        assertThat(node.get("/api/topics/crud").body())
                .contains(
                        "\"durability\":\"os\"", "\"retentionBytes\":1000000", "\"quorumCount\":2");
        String change = "{\"retentionBytes\":null,\"segmentMaxRecords\":7}";
        assertThat(node.call("PATCH", "/api/topics/crud", change).body())
                .contains("\"durability\":\"os\"", "\"retentionBytes\":null")
                .contains("\"segmentMaxRecords\":7");
        assertThat(node.call("DELETE", "/api/topics/crud", null).statusCode()).isEqualTo(200);
        assertThat(node.get("/api/topics/crud").statusCode()).isEqualTo(404);
    }

    @Test
    void answerOfAGet_canBeSentBack() {
        assertThat(node.call(
                                "PUT",
                                "/api/topics/source",
                                "{\"live\":true,\"retentionAgeMs\":60000}")
                        .statusCode())
                .isEqualTo(200);
        String described = node.get("/api/topics/source").body();
        assertThat(described).contains("\"mode\":\"live\"");
        HttpResponse<String> same = node.call("PATCH", "/api/topics/source", described);
        assertThat(same.statusCode()).as(same.body()).isEqualTo(200);
        assertThat(same.body()).isEqualTo(described);
        HttpResponse<String> copy = node.call("PUT", "/api/topics/copy", described);
        assertThat(copy.statusCode()).as(copy.body()).isEqualTo(200);
        assertThat(copy.body())
                .contains("\"name\":\"copy\"", "\"mode\":\"live\"", "\"retentionAgeMs\":60000");
    }

    @Test
    void mode_isTheOtherWordForLive() {
        assertThat(node.call("PUT", "/api/topics/moded", "{\"mode\":\"LIVE\"}").body())
                .contains("\"live\":true");
        assertThat(node.call("PATCH", "/api/topics/moded", "{\"mode\":\"wal\"}").body())
                .contains("\"live\":false");
    }

    @Test
    void durability_isTakenInWhateverCase_asInTheFile() {
        assertThat(node.call("PUT", "/api/topics/cased", "{\"durability\":\"INTERVAL\"}")
                        .body())
                .contains("\"durability\":\"interval\"");
    }

    @Test
    void topicThatExists_409() {
        assertThat(node.call("PUT", "/api/topics/twice", null).statusCode()).isEqualTo(200);
        HttpResponse<String> again = node.call("PUT", "/api/topics/twice", null);
        assertThat(again.statusCode()).isEqualTo(409);
        assertThat(again.body()).contains("TOPIC_EXISTS");
    }

    @Test
    void liveTopic_isStoredAndAlwaysFsyncs() {
        assertThat(node.call("PUT", "/api/topics/live", "{\"live\":true}").body())
                .contains("\"live\":true", "\"durability\":\"always\"");
        HttpResponse<String> refused =
                node.call("PUT", "/api/topics/live2", "{\"live\":true,\"durability\":\"os\"}");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("\"field\":\"durability\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"durability\":\"never\"}     | durability",
                "{\"segmentMaxRecords\":0}      | segmentMaxRecords",
                "{\"segmentMaxBytes\":1}        | segmentMaxBytes",
                "{\"segmentMaxBytes\":9999999999999} | segmentMaxBytes",
                "{\"retentionAgeMs\":-1}        | retentionAgeMs",
                "{\"retentionAgeMs\":0}         | retentionAgeMs",
                "{\"segmentMaxAgeMs\":0}        | segmentMaxAgeMs",
                "{\"live\":true,\"mode\":\"wal\"} | mode",
                "{\"mode\":\"both\"}            | mode",
                "{\"live\":1}                   | live",
                "{\"quorumCount\":9999999999}   | quorumCount",
                "{\"qorumCount\":1}             | qorumCount",
                "[]                             | body",
            })
    void wrongSetting_400NamesIt(String settings, String field) {
        HttpResponse<String> answer = node.call("PUT", "/api/topics/wrong", settings);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body()).contains("\"field\":\"" + field + "\"");
        assertThat(node.get("/api/topics/wrong").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({"GET", "PATCH", "DELETE"})
    void topicThatIsNotThere_404(String method) {
        HttpResponse<String> answer = node.call(method, "/api/topics/absent", null);
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("UNKNOWN_TOPIC");
    }

    @Test
    void trim_dropsTheOldestAndReadsBelowSaySo() {
        node.post("/api/messages?topic=trim", "[\"a\",\"b\",\"c\"]");
        assertThat(node.call("DELETE", "/api/topics/trim/messages?before=2", null)
                        .body())
                .contains("\"message_count\":1", "\"start\":2");
        HttpResponse<String> below = node.get("/api/message?topic=trim&from=0&to=9");
        assertThat(below.statusCode()).isEqualTo(400);
        assertThat(below.body()).contains("OFFSET_OUT_OF_RANGE");
        assertThat(node.get("/api/messages?topic=trim").body()).contains("\"message\":\"c\"");
        HttpResponse<String> above =
                node.call("DELETE", "/api/topics/trim/messages?before=9", null);
        assertThat(above.statusCode()).isEqualTo(400);
        assertThat(above.body()).contains("OFFSET_OUT_OF_RANGE", "\"field\":\"before\"");
    }

    @ParameterizedTest
    @CsvSource({
        "retentionAgeMs, 0",
        "retentionAgeMs, 9223372036854775807",
        "segmentMaxAgeMs, 9223372036854775807",
        "timestampBeforeMaxMs, 0",
        "timestampAfterMaxMs, 9223372036854775807",
        "retentionBytes, 9223372036854775808",
        "quorumCount, -1",
    })
    void settingOutOfRange_isNamedAsItWasGiven(String field, String value) {
        HttpResponse<String> answer =
                node.call("PUT", "/api/topics/range", "{\"%s\":%s}".formatted(field, value));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body())
                .startsWith("{\"error\":\"" + field + " ")
                .contains("\"field\":\"" + field + "\"")
                .doesNotContain("2^64");
    }

    @Test
    void queryOfACallThatHasNone_isRefused() {
        assertThat(node.get("/api/topics/crud?x=1").body())
                .contains("unknown query parameter x; this call has none");
        assertThat(node.get("/health/ready?writes=maybe").body())
                .contains("writes must be true or false");
    }
}
