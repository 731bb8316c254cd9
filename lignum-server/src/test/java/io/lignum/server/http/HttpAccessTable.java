package io.lignum.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Every route of the HTTP port, called by several kinds of callers. */
public final class HttpAccessTable {

    /**
     * One route.
     *
     * @param path an instance of its path, for a call that is answered immediately
     * @param everybody whether it answers callers that are otherwise refused
     */
    record Row(String method, String template, String path, String body, boolean everybody) {
        @Override
        public String toString() {
            return method + " " + template;
        }
    }

    private static final String MESSAGE = "{\"topic\":\"table\",\"message\":\"oak\"}";

    private static final String NO_PASSWORD = "{\"password\":null}";
    private static final String GRANT = "{\"principal\":\"cert:someone\",\"what\":\"viewer\"}";
    private static final String CHECK = "principal=user:another&action=read&resource=topic:a";

    static final List<Row> ROWS = List.of(
            row("POST", "/api/message", "/api/message", MESSAGE),
            row("GET", "/api/message", "/api/message?topic=table&from=0&to=9", ""),
            row("POST", "/api/messages", "/api/messages?topic=table", "[\"ash\"]"),
            row("GET", "/api/messages", "/api/messages?topic=table", ""),
            row("GET", "/api/topics", "/api/topics", ""),
            row("PUT", "/api/topics/{name}", "/api/topics/table", "{}"),
            row("GET", "/api/topics/{name}", "/api/topics/table", ""),
            row("PATCH", "/api/topics/{name}", "/api/topics/table", "{\"retentionBytes\":null}"),
            row("DELETE", "/api/topics/{name}", "/api/topics/table", ""),
            row("POST", "/api/topics/{name}/messages", "/api/topics/table/messages", "elm"),
            row("DELETE", "/api/topics/{name}/messages", "/api/topics/table/messages?before=0", ""),
            row("GET", "/api/topics/{name}/messages/{offset}", "/api/topics/table/messages/0", ""),
            row("GET", "/api/topics/{name}/events", "/api/topics/there-is-no-such/events", ""),
            row("GET", "/api/cluster", "/api/cluster", ""),
            row("GET", "/api/whoami", "/api/whoami", ""),
            row("GET", "/api/users", "/api/users", ""),
            row("PUT", "/api/users/{name}", "/api/users/another", "{}"),
            row("PUT", "/api/users/{name}/password", "/api/users/another/password", NO_PASSWORD),
            row("DELETE", "/api/users/{name}", "/api/users/another", ""),
            row("GET", "/api/tokens", "/api/tokens", ""),
            row("POST", "/api/tokens", "/api/tokens", "{\"owner\":\"another\"}"),
            row("DELETE", "/api/tokens/{id}", "/api/tokens/0123456789abcdef", ""),
            row("GET", "/api/grants", "/api/grants", ""),
            row("POST", "/api/grants", "/api/grants", GRANT),
            row("DELETE", "/api/grants", "/api/grants?principal=cert:someone&what=viewer", ""),
            row("GET", "/api/access/check", "/api/access/check?" + CHECK, ""),
            row("GET", "/api/access/missing", "/api/access/missing", ""),
            row("GET", "/metrics", "/metrics", ""),
            row("GET", "/openapi.yaml", "/openapi.yaml", ""),
            health("/ping"),
            health("/health/live"),
            health("/health/ready"));

    private HttpAccessTable() {}

    /** The methods and paths of all routes. */
    public static List<String> routes() {
        return ROWS.stream().map(Row::toString).toList();
    }

    /** The text of a request of a route. {@code headers} are lines that end with CR and LF. */
    public static String request(String route, String headers) {
        Row row = ROWS.stream()
                .filter(candidate -> candidate.toString().equals(route))
                .findFirst()
                .orElseThrow();
        return row.method + " " + row.path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + headers + "Content-Length: " + row.body.length() + "\r\n\r\n" + row.body;
    }

    private static Row row(String method, String template, String path, String body) {
        return new Row(method, template, path, body, false);
    }

    private static Row health(String path) {
        return new Row("GET", path, path, "", true);
    }

    /** Asserts that all routes serve a caller with these headers. */
    public static void assertServed(String host, int port, String... headers) throws IOException {
        for (Row row : ROWS) {
            assertServed(row, call(row, host, port, headers));
        }
    }

    /** Asserts that a caller with these headers is refused, except by public routes. */
    public static void assertRefused(
            int status, String code, String host, int port, String... headers) throws IOException {
        for (Row row : ROWS) {
            String answer = call(row, host, port, headers);
            if (row.everybody) {
                assertServed(row, answer);
            } else {
                assertThat(answer)
                        .as("%s", row)
                        .startsWith("HTTP/1.1 " + status + " ")
                        .contains("\"code\":\"" + code + "\"", "\"outcome\":\"NOT_APPLIED\"");
            }
        }
    }

    private static void assertServed(Row row, String answer) {
        assertThat(answer)
                .as("%s", row)
                .startsWith("HTTP/1.1 ")
                .doesNotStartWith("HTTP/1.1 403")
                .doesNotStartWith("HTTP/1.1 421")
                .doesNotStartWith("HTTP/1.1 5")
                .doesNotContain("\"code\":\"ACCESS_DENIED", "\"code\":\"CROSS_ORIGIN");
    }

    private static String call(Row row, String host, int port, String... headers)
            throws IOException {
        StringBuilder request = new StringBuilder(
                row.method + " " + row.path + " HTTP/1.1\r\nConnection: close\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        if (List.of(headers).stream().noneMatch(header -> header.startsWith("Host:"))) {
            request.append("Host: ").append(host).append(':').append(port).append("\r\n");
        }
        request.append("Content-Length: ").append(row.body.length()).append("\r\n\r\n");
        return exchange(host, port, request + row.body);
    }

    /** Sends a request and reads until the node closes the connection. */
    static String exchange(String host, int port, String request) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), 10_000);
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
