package io.lignum.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.server.TestNode;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;

/** Which callers a node serves over HTTP, in mode protected and in mode open. */
class HttpAccessTest {

    private static final String HOST = "127.0.0.1";

    /** The header by which a proxy on this host reports another host's caller. */
    private static final String OTHER = "X-Forwarded-For: 192.0.2.7";

    private static final String CROSS_SITE = "Sec-Fetch-Site: cross-site";

    @TempDir
    static Path directory;

    private static TestNode node;
    private static TestNode open;

    @BeforeAll
    static void start() {
        node = TestNode.start(directory.resolve("protected"));
        open = TestNode.start(directory.resolve("open"), "security.mode", "open");
    }

    @AfterAll
    static void stop() {
        node.close();
        open.close();
    }

    private static int port() {
        return node.node().httpPort();
    }

    private static String exchange(String request) throws IOException {
        return HttpAccessTable.exchange(HOST, port(), request);
    }

    @Test
    void table_hasEveryRoute() {
        assertThat(HttpServer.routesOf(node.node().service()).all())
                .extracting(route -> route.method().name() + " " + route.path())
                .containsExactlyInAnyOrderElementsOf(
                        HttpAccessTable.ROWS.stream().map(Object::toString).toList());
    }

    @Test
    void sameHost_isServedByEveryRoute() throws IOException {
        HttpAccessTable.assertServed(HOST, port());
        HttpAccessTable.assertServed(HOST, port(), "Host: localhost:" + port());
        HttpAccessTable.assertServed(HOST, port(), "Sec-Fetch-Site: same-origin");
    }

    @Test
    void behindAProxy_isRefusedByEveryRouteButHealth() throws IOException {
        HttpAccessTable.assertRefused(403, "ACCESS_DENIED", HOST, port(), OTHER);
        HttpAccessTable.assertRefused(403, "ACCESS_DENIED", HOST, port(), "forwarded: for=x");
        HttpAccessTable.assertRefused(403, "ACCESS_DENIED", HOST, port(), "VIA: 1.1 proxy");
    }

    @Test
    void pageOfAnotherSite_isRefusedByEveryRouteButHealth() throws IOException {
        HttpAccessTable.assertRefused(403, "CROSS_ORIGIN", HOST, port(), CROSS_SITE);
        HttpAccessTable.assertRefused(
                403, "CROSS_ORIGIN", HOST, port(), "Origin: http://evil.example");
        HttpAccessTable.assertRefused(403, "CROSS_ORIGIN", HOST, port(), "Origin: null");
    }

    @Test
    void reboundName_isRefusedByEveryRouteButHealth() throws IOException {
        String name = "evil.example:" + port();
        HttpAccessTable.assertRefused(421, "HOST_NOT_ALLOWED", HOST, port(), "Host: " + name);
        HttpAccessTable.assertRefused(
                421, "HOST_NOT_ALLOWED", HOST, port(), "Host: " + name, "Origin: http://" + name);
    }

    @Test
    void open_servesOtherHostsAndNoPageOfAnotherSite() throws IOException {
        int port = open.node().httpPort();
        HttpAccessTable.assertServed(HOST, port, OTHER);
        HttpAccessTable.assertServed(HOST, port, "Host: lignum.svc:8080");
        HttpAccessTable.assertRefused(403, "CROSS_ORIGIN", HOST, port, CROSS_SITE);
    }

    @Test
    void crossSiteTextPlainPost_appendsNothingAndCurlDoes() throws IOException {
        String body = "{\"topic\":\"forms\",\"message\":\"oak\"}";
        for (String who :
                new String[] {CROSS_SITE, "Origin: https://evil.example", "Origin: null"}) {
            assertThat(exchange(post("text/plain", body, who))).startsWith("HTTP/1.1 403 ");
        }
        String form = "User-Agent: Mozilla/5.0 (X11; rv:60.0) Gecko/20100101 Firefox/60.0";
        assertThat(exchange(post("text/plain", body, form))).startsWith("HTTP/1.1 403 ");
        assertThat(node.get("/api/topics/forms").statusCode()).isEqualTo(404);
        String curl = "User-Agent: curl/8.5.0";
        assertThat(exchange(post("application/x-www-form-urlencoded", body, curl)))
                .startsWith("HTTP/1.1 200 ");
        assertThat(exchange(post("text/plain", body, curl))).startsWith("HTTP/1.1 200 ");
    }

    private static String post(String type, String body, String header) {
        return "POST /api/message HTTP/1.1\r\nHost: localhost:" + port() + "\r\nContent-Type: "
                + type
                + "\r\n" + header + "\r\nConnection: close\r\nContent-Length: " + body.length()
                + "\r\n\r\n" + body;
    }

    /** Attempts to make a path look public, or to look like another caller. None gets data. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /api//topics HTTP/1.1\r\nHost: localhost\r\n",
                "GET //api/topics HTTP/1.1\r\nHost: localhost\r\n",
                "GET /api/topics/ HTTP/1.1\r\nHost: localhost\r\n",
                "GET /API/topics HTTP/1.1\r\nHost: localhost\r\n",
                "GET /api/topics;x HTTP/1.1\r\nHost: localhost\r\n",
                "GET /ping/../api/topics HTTP/1.1\r\nHost: localhost\r\n",
                "GET /ping;/../api/topics HTTP/1.1\r\nHost: localhost\r\n",
                "GET /health/live/%2e%2e/%2e%2e/api/topics HTTP/1.1\r\nHost: localhost\r\n",
                "GET /%61pi/topics HTTP/1.1\r\nHost: localhost\r\n",
                "HEAD /api/topics HTTP/1.1\r\nHost: localhost\r\n",
                "OPTIONS /api/topics HTTP/1.1\r\nHost: localhost\r\n",
                "TRACE /ping HTTP/1.1\r\nHost: localhost\r\n",
                "POST /ping HTTP/1.1\r\nX-HTTP-Method-Override: GET\r\nHost: localhost\r\n",
                "GET /api/topics HTTP/1.0\r\n",
                "GET http://localhost/api/topics HTTP/1.1\r\nHost: localhost\r\n",
                "GET /api/topics HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n",
            })
    void tricks_areRefused(String head) throws IOException {
        String answer = exchange(head + OTHER + "\r\nConnection: close\r\n\r\n");
        assertThat(answer).matches("(?s)HTTP/1.1 (400|403) .*");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /api/topics HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n",
                "GET http://evil.example/api/topics HTTP/1.1\r\nHost: localhost\r\n",
                "GET http://localhost/api/topics HTTP/1.1\r\nHost: evil.example\r\n",
                "GET /api/topics HTTP/1.1\r\nHost:\r\n",
            })
    void nameGivenTwice_isNotAnswered(String head) throws IOException {
        assertThat(exchange(head + "Connection: close\r\n\r\n"))
                .matches("(?s)HTTP/1.1 (400|421) .*");
    }

    @Test
    void refusal_saysWhatToDoAndIsCounted() {
        HttpResponse<String> refused = node.get("/api/topics", "X-Forwarded-For", "192.0.2.7");
        assertThat(refused.body())
                .contains(
                        "security.mode: open",
                        "X-Forwarded-For".toLowerCase(java.util.Locale.ROOT));
        assertThat(node.get("/metrics").body())
                .contains("lignum_access_denied_total{operation=\"DESCRIBE\",reason=\"PROXY\"}")
                .contains("lignum_errors_total{code=\"ACCESS_DENIED\"}")
                .contains("lignum_security_mode{mode=\"protected\"} 1");
    }

    @Test
    void answers_openNothingToOtherPages() throws IOException {
        node.post("/api/message", "{\"topic\":\"page\",\"message\":\"<script>\"}");
        String preflight = exchange("OPTIONS /api/topics HTTP/1.1\r\nHost: localhost:" + port()
                + "\r\nOrigin: http://evil.example\r\nAccess-Control-Request-Method: DELETE\r\n"
                + "Connection: close\r\n\r\n");
        assertThat(preflight)
                .startsWith("HTTP/1.1 403 ")
                .doesNotContainIgnoringCase("access-control");
        HttpResponse<String> list = node.get("/api/topics", "Origin", "http://127.0.0.1:" + port());
        assertThat(list.statusCode()).isEqualTo(200);
        assertThat(list.headers().map()).doesNotContainKey("access-control-allow-origin");
        assertThat(list.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(list.headers().firstValue("Cross-Origin-Resource-Policy"))
                .hasValue("same-origin");
        assertThat(list.headers().firstValue("Cache-Control")).hasValue("no-store");
        HttpResponse<String> raw = node.get("/api/topics/page/messages/0");
        assertThat(raw.headers().firstValue("Content-Security-Policy")).hasValue("sandbox");
        assertThat(raw.headers().firstValue("Content-Disposition")).hasValue("attachment");
    }

    @Test
    void publicMetrics_areGivenToEverybody() throws IOException {
        try (TestNode watched =
                TestNode.start(directory.resolve("watched"), "security.public-metrics", "true")) {
            assertThat(watched.get("/metrics", "Via", "1.1 proxy").statusCode()).isEqualTo(200);
            assertThat(watched.get("/api/topics", "Via", "1.1 proxy").statusCode())
                    .isEqualTo(403);
        }
    }
}
