package io.lignum.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.server.TestNode;
import io.lignum.server.service.NodeThreads;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** Every error is JSON, including those that the HTTP library answers itself. */
class ErrorAnswersTest {

    @TempDir
    static Path directory;

    private static @Nullable TestNode shared;

    @BeforeAll
    static void start() {
        shared = TestNode.start(directory);
    }

    @AfterAll
    static void stop() {
        node().close();
    }

    private static TestNode node() {
        return Objects.requireNonNull(shared);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET\r\n\r\n",
                "GET /ping HTTP/9.9\r\nHost: localhost\r\n\r\n",
                "GET /ping HTTP/1.1\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /a/..;/b HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /ping HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
                "GET /ping HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: nonsense\r\n\r\n",
                "BREW /ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "GET /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                "PUT /ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            })
    void badRequest_isAnsweredInJson(String request) throws IOException {
        assertJson(node().exchange(request), "HTTP/1.1 [45]\\d\\d ");
    }

    @ParameterizedTest
    @CsvSource({
        "'', true, true",
        "'', true, false",
        "?forward=true, false, ",
        "?forward=false, true, ",
        "'', maybe, ",
        "?forward=true, maybe, ",
    })
    void forwardHeaderTwiceWrongOrAgainstTheQuery_400NamingIt(
            String query, String header, @Nullable String second) {
        List<String> headers = new ArrayList<>(List.of("Lignum-Forward", header));
        if (second != null) {
            headers.addAll(List.of("Lignum-Forward", second));
        }
        HttpResponse<String> answer = node().post(
                        "/api/message" + query,
                        "{\"topic\":\"forwarded\",\"message\":\"x\"}",
                        headers.toArray(String[]::new));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("\"field\":\"Lignum-Forward\"");
        assertThat(node().get("/api/topics/forwarded").statusCode()).isEqualTo(404);
    }

    @Test
    void forwardHeaderThatAgreesWithTheQuery_isTaken() {
        HttpResponse<String> answer = node().post(
                        "/api/message?forward=false",
                        "{\"topic\":\"agreed\",\"message\":\"x\"}",
                        "Lignum-Forward",
                        "false");
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"gzip", "'identity, gzip'", "br"})
    void encodedBody_415NamingTheHeader(String encoding) throws IOException {
        String body = "{\"topic\":\"encoded\",\"message\":\"x\"}";
        String answer = node().exchange("POST /api/message HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Encoding: " + encoding + "\r\nContent-Length: " + body.length()
                + "\r\n\r\n" + body);
        assertJson(answer, "HTTP/1.1 415 ");
        assertThat(answer).contains("\"field\":\"Content-Encoding\"");
        assertThat(node().get("/api/topics/encoded").statusCode()).isEqualTo(404);
    }

    @Test
    void identityAsEncoding_isTaken() {
        HttpResponse<String> answer = node().post(
                        "/api/message",
                        "{\"topic\":\"plain\",\"message\":\"x\"}",
                        "Content-Encoding",
                        "Identity");
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'x'~{'message':'x','keyy':'k'} | [1].keyy",
                "'x'~'y'~{'key':7,'message':'x'} | [2].key",
                "'x'~{'message':'y','headers':[{'value':'b'}]} | [1].headers.key",
                "'x'~{} | [1].message",
                "'x'~7 | [1]",
                "'x'~{'topic':'other','message':'x'} | [1].topic",
            })
    void badMessageOfABatch_400NamingItsIndex(String messages, String field) {
        String json = messages.replace('\'', '"');
        HttpResponse<String> array =
                node().post("/api/messages?topic=indexed", "[" + json.replace('~', ',') + "]");
        assertThat(array.statusCode()).isEqualTo(400);
        assertThat(array.body()).contains("\"field\":\"" + field + "\"");
        HttpResponse<String> ofLines = node().post(
                        "/api/messages?topic=indexed",
                        json.replace('~', '\n'),
                        "Content-Type",
                        "application/x-ndjson");
        assertThat(ofLines.statusCode()).isEqualTo(400);
        assertThat(ofLines.body()).contains("\"field\":\"" + field + "\"");
    }

    @Test
    void headTooLarge_431InJson() throws IOException {
        String header = "X-Long: " + "x".repeat(9_000);
        assertJson(
                node().exchange("GET /ping HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n\r\n"),
                "HTTP/1.1 431 ");
    }

    @Test
    void uriTooLong_414InJson() throws IOException {
        assertJson(
                node().exchange("GET /" + "x".repeat(9_000)
                        + " HTTP/1.1\r\nHost: localhost\r\n\r\n"),
                "HTTP/1.1 414 ");
    }

    private static void assertJson(String answer, String status) {
        String[] parts = answer.split("\r\n\r\n", 2);
        assertThat(parts[0]).containsPattern("^" + status);
        assertThat(parts[0].toLowerCase(Locale.ROOT)).contains("content-type: application/json");
        assertThat(parts[1])
                .startsWith("{\"error\":\"")
                .contains("\"outcome\":\"")
                .endsWith("}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST | /api/message | {'topic':'t','topic':'u','message':'x'} | topic",
                "POST | /api/message | {'topic':'t','message':'x','message':'x'} | message",
                "POST | /api/messages?topic=t | [{'message':'x','key':'a','key':'b'}] | [0].key",
                "POST | /api/messages?topic=t | [{'message':'x','headers':[{'key':'a','key':'b'}]}] | [0].headers.key",
                "PUT | /api/topics/twice | {'live':true,'live':false} | live",
                "POST | /api/messages?topic=t&topic=u | ['x'] | topic",
                "GET | /api/messages?topic=t&from=0&from=1 | | from",
            })
    void saidTwice_400NamingTheField(
            String method, String path, @Nullable String body, String field) {
        HttpResponse<String> answer =
                node().call(method, path, body == null ? null : body.replace('\'', '"'));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("\"field\":\"" + field + "\"").contains("twice");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'topic':'t','message':'x','dataBase64':'eA=='} | message | dataBase64",
                "{'topic':'t','dataBase64':null,'message':null} | message | dataBase64",
                "{'topic':'t','message':'x','key':'a','keyBase64':'YQ=='} | key | keyBase64",
                "{'topic':'t','message':'x','headers':[{'key':'a','value':'b','valueBase64':'Yg=='}]}"
                        + " | headers.value | headers.valueBase64",
            })
    void saidAsTextAndAsBase64_400NamingBoth(String body, String text, String base64) {
        HttpResponse<String> answer = node().call("POST", "/api/message", body.replace('\'', '"'));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body())
                .contains("\"field\":\"" + text + "\"")
                .contains(text + " or " + base64 + ", not both");
    }

    @Test
    void rangeSaidTwice_400NamingTheField() {
        HttpResponse<String> answer = node().getWithBody(
                        "/api/message", "{\"topic\":\"t\",\"from\":0,\"from\":1,\"to\":2}");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("\"field\":\"from\"");
    }

    @Test
    void keyThatFitsNoHeader_400AndReadableElsewhere() {
        String key = Base64.getEncoder().encodeToString(new byte[13_000]);
        String body = "[{\"message\":\"x\",\"keyBase64\":\"" + key + "\"}]";
        assertThat(node().post("/api/messages?topic=keys", body).statusCode()).isEqualTo(200);
        HttpResponse<String> raw = node().get("/api/topics/keys/messages/0");
        assertThat(raw.statusCode()).isEqualTo(400);
        assertThat(raw.body()).contains("13000").contains("GET /api/messages");
        assertThat(node().get("/api/messages?topic=keys&encoding=base64").body())
                .contains(key);
    }

    @Test
    void longestKeyThatFits_isInTheHeader() {
        String key = Base64.getEncoder().encodeToString(new byte[TopicRoutes.MAX_KEY_BYTES]);
        node().post(
                        "/api/messages?topic=long",
                        "[{\"message\":\"x\",\"keyBase64\":\"" + key + "\"}]");
        assertThat(node().get("/api/topics/long/messages/0")
                        .headers()
                        .firstValue("Lignum-Key-Base64"))
                .contains(key);
    }

    /** An Error while a response is made ends the request, which releases its permit. */
    @Test
    void answerThatThrowsAnError_completes() {
        NodeThreads threads = new NodeThreads(failure -> {});
        try (HttpExecutors work =
                new HttpExecutors(Runnable::run, Thread::new, threads.failures())) {
            CompletableFuture<Void> sent =
                    work.read(CompletableFuture.completedFuture("done"), (done, error) -> {
                        throw new StackOverflowError("planted");
                    });
            assertThat(sent).isCompletedExceptionally();
        }
    }
}
