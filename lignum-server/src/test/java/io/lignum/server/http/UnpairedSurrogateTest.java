package io.lignum.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.server.TestNode;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Unpaired surrogates are refused in each part of a request, and nothing is stored. */
class UnpairedSurrogateTest {

    @TempDir
    static Path directory;

    private static TestNode node;

    @BeforeAll
    static void start() {
        node = TestNode.start(directory);
        node.call("PUT", "/api/topics/t", null);
    }

    @AfterAll
    static void stop() {
        assertThat(node.get("/api/topics/t").body()).contains("\"end\":0");
        node.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "/api/message  | {'topic':'t','message':'hi \\ud83d'}              | message",
                "/api/message  | {'topic':'t\\ud83d','message':'hi'}               | topic",
                "/api/messages?topic=t | ['\\ude00']                               | [0].message",
                "/api/messages?topic=t | [{'message':'\\ud83d\\ud83d\\ude00'}]     | [0].message",
                "/api/messages?topic=t | [{'message':'x','key':'\\ud83d'}]         | [0].key",
                "/api/messages?topic=t | [{'message':'x','headers':[{'key':'\\ud83d'}]}] | [0].headers.key",
                "/api/messages?topic=t | [{'message':'x','headers':[{'key':'k','value':'\\ud83d'}]}] "
                        + "| [0].headers.value",
                "/api/topics/t/messages?key=%ED%A0%BD | x                          | query",
                "/api/topics/t/messages?key=%FF       | x                          | query",
                "/api/messages?topic=t%ff             | ['x']                      | query",
                "/api/topics/t/messages?key=a%25%C0%AF | x                         | query",
            })
    void textWithoutBytes_isRefusedByItsField(String path, String body, String field) {
        assertRefused(node.post(path, body.replace('\'', '"')), field);
    }

    /** The server's decoder leaves such parameters out, and with them what they ask for. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/messages?topic=t&expectedOffset=%zz",
                "/api/messages?topic=t&producerId=1&sequence=%4",
                "/api/topics/t/messages?key=a%",
            })
    void malformedEscape_isRefused(String path) throws IOException {
        String request = "POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Content-Length: 5\r\n\r\n[\"x\"]";
        assertThat(node.exchange(request.formatted(path)))
                .startsWith("HTTP/1.1 400 ")
                .contains("two hexadecimal digits", "\"field\":\"query\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\u00c0\u00af", "\u00e0\u0080\u00af", "\u00f4\u0090\u0080\u0080", "\u00ff"})
    void bodyThatIsNotUtf8_isRefused(String bytes) throws IOException {
        String body = "{\"topic\":\"t\",\"message\":\"" + bytes + "\"}";
        String request = "POST /api/message HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Content-Length: %d\r\n\r\n%s";
        try (Socket socket = node.connect()) {
            String raw = request.formatted(body.length(), body);
            socket.getOutputStream().write(raw.getBytes(StandardCharsets.ISO_8859_1));
            byte[] answer = socket.getInputStream().readAllBytes();
            assertThat(new String(answer, StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("the body is not UTF-8 at byte 2", "\"field\":\"body\"");
        }
    }

    @Test
    void unknownFieldOfHalfASurrogatePair_isRefusedInJson() {
        HttpResponse<String> answer =
                node.post("/api/message", "{\"topic\":\"t\",\"message\":\"m\",\"\\ud83d\":1}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body()).startsWith("{\"error\":\"");
    }

    @Test
    void wholePairs_areStoredAsTheyAre() {
        String body = "[{\"message\":\"\\ud83d\\ude00\",\"key\":\"\\ud83d\\ude00\"}]";
        assertThat(node.post("/api/messages?topic=whole", body).statusCode()).isEqualTo(200);
        assertThat(node.post("/api/topics/whole/messages?key=%F0%9F%98%80", "x").statusCode())
                .isEqualTo(200);
        assertThat(node.get("/api/messages?topic=whole&from=0").body())
                .contains("\"key\":\"\ud83d\ude00\",\"message\":\"\ud83d\ude00\"")
                .contains("\"key\":\"\ud83d\ude00\",\"message\":\"x\"");
    }

    private static void assertRefused(HttpResponse<String> answer, String field) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body())
                .startsWith("{\"error\":\"")
                .contains("\"field\":\"" + field + "\"")
                .contains("\"outcome\":\"NOT_APPLIED\"");
    }
}
