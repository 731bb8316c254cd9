package io.lignum.server.access;

import static io.lignum.server.access.Principals.basic;
import static io.lignum.server.access.Principals.bearer;
import static io.lignum.server.access.Principals.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.access.credential.TokenText;
import io.lignum.server.TestNode;
import io.lignum.server.security.BootstrapFile;
import io.lignum.server.security.RecoveryFile;
import io.lignum.server.service.SecurityService;
import io.lignum.server.service.TopicPatch;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Logging in over HTTP at a node in mode on, and attempts to get around it. */
class LoginTest {

    @TempDir
    static Path directory;

    private static TestNode node;

    @BeforeAll
    static void start() {
        node = TestNode.start(
                directory, "security.mode", "on", "security.free-failed-logins", "1000");
        node.node().session().topics().create("open", TopicPatch.NONE).join();
        user(security(), "reader", "viewer", "topic:open");
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static SecurityService security() {
        return node.node().session().security();
    }

    private static HttpResponse<String> get(String... headers) {
        return node.get("/api/topics/open", headers);
    }

    @Test
    void withoutCredentials_theAnswerSaysHowToLogIn() {
        HttpResponse<String> refused = get();
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.body())
                .contains(
                        "\"code\":\"NOT_AUTHENTICATED\"", "\"outcome\":\"NOT_APPLIED\"", "log in");
        assertThat(refused.headers().allValues("WWW-Authenticate"))
                .containsExactly(
                        "Basic realm=\"lignum\", charset=\"UTF-8\"", "Bearer realm=\"lignum\"");
    }

    @Test
    void passwordAndToken_logIn() {
        assertThat(get("Authorization", basic("reader")).statusCode()).isEqualTo(200);
        assertThat(get("Authorization", bearer(security(), "reader")).statusCode())
                .isEqualTo(200);
    }

    @Test
    void refusal_namesWhatIsMissing_andIsTheSameForTopicsThatDoNotExist() {
        String header = basic("reader");
        HttpResponse<String> there =
                node.post("/api/topics/open/messages", "x", "Authorization", header);
        assertThat(there.statusCode()).isEqualTo(403);
        assertThat(there.body())
                .contains("user:reader needs a grant of write on topic open")
                .contains("lignum access grant user:reader write topic:open");
        HttpResponse<String> absent =
                node.post("/api/topics/absent/messages", "x", "Authorization", header);
        assertThat(absent.body()).isEqualTo(there.body().replace("open", "absent"));
    }

    @Test
    void lists_holdOnlyWhatTheCallerMaySee() {
        node.node().session().topics().create("hidden", TopicPatch.NONE).join();
        String list = node.get("/api/topics", "Authorization", basic("reader")).body();
        assertThat(list).contains("\"open\"").doesNotContain("hidden");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Basic cmVhZGVyOndyb25n", // reader:wrong
                "Basic bm9ib2R5OmEgbG9uZyBlbm91Z2ggcGFzc3dvcmQ=", // a user that does not exist
                "Basic",
                "Basic !!!",
                "Bearer",
                "Bearer lgn_aaaaaaaaaa_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "Bearer null",
                "Digest username=reader",
                "reader",
            })
    void otherCredentials_doNotLogIn(String header) {
        HttpResponse<String> refused = get("Authorization", header);
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.body()).contains("\"code\":\"NOT_AUTHENTICATED\"");
    }

    @Test
    void twoCredentials_doNotLogIn() {
        String right = basic("reader");
        assertThat(get("Authorization", right, "Authorization", right).statusCode())
                .isEqualTo(401);
    }

    @Test
    void longHeader_doesNotLogIn() {
        assertThat(get("Authorization", "Basic " + "A".repeat(6_000)).statusCode())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"token", "access_token", "password", "API_KEY"})
    void credentialsInTheUrl_areRefused(String parameter) {
        HttpResponse<String> refused =
                node.get("/api/topics?" + parameter + "=geheim", "Authorization", basic("reader"));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("Authorization header").doesNotContain("geheim");
    }

    @Test
    void credentialsThroughAProxyWithoutTls_areRefused() {
        HttpResponse<String> refused =
                get("Authorization", basic("reader"), "X-Forwarded-For", "192.0.2.7");
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("\"code\":\"TLS_REQUIRED\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api//topics/open",
                "/API/topics/open",
                "/api/topics/open;x",
                "/ping/../api/topics"
            })
    void otherSpellingsOfPaths_giveNothing(String path) throws IOException {
        String answer = exchange(
                "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + "Connection: close\r\n\r\n");
        assertThat(answer).doesNotStartWith("HTTP/1.1 200").doesNotContain("segments");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/metrics", "/metrics/", "/metrics//", "//metrics", "/metrics;x"})
    void metrics_needAGrant_howeverThePathIsSpelled(String path) throws IOException {
        String answer = exchange("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n"
                + "Authorization: " + basic("reader") + "\r\nConnection: close\r\n\r\n");
        assertThat(answer).doesNotStartWith("HTTP/1.1 200").doesNotContain("lignum_ready");
    }

    @Test
    void slashAtTheEnd_isTheSamePath() {
        assertThat(node.get("/api/topics/open/", "Authorization", basic("reader"))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void hugeTopicName_isRefusedAsAName() {
        String body = "{\"topic\":\"" + "a".repeat(1 << 20) + "\",\"message\":\"m\"}";
        HttpResponse<String> refused =
                node.post("/api/message", body, "Authorization", basic("reader"));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("INVALID_TOPIC");
    }

    private static String exchange(String request) throws IOException {
        try (var socket = node.connect()) {
            socket.getOutputStream()
                    .write(request.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            return new String(
                    socket.getInputStream().readAllBytes(),
                    java.nio.charset.StandardCharsets.UTF_8);
        }
    }

    @Test
    void expiredToken_doesNotLogIn() throws Exception {
        String token = security()
                .createToken("reader", "", Optional.of(Duration.ofMillis(1)))
                .join()
                .text()
                .text();
        Thread.sleep(5); // Its life, by the clock that decides.
        assertThat(get("Authorization", "Bearer " + token).statusCode()).isEqualTo(401);
    }

    @Test
    void recoveryToken_mayDoEverything_untilItsFileIsDeleted() throws IOException {
        TokenText token = TokenText.random();
        String header = "Bearer " + token.text();
        assertThat(get("Authorization", header).statusCode()).isEqualTo(401);
        RecoveryFile.write(directory, token, Instant.now().plusSeconds(60));
        assertThat(get("Authorization", header).statusCode()).isEqualTo(200);
        assertThat(get("Authorization", "Bearer " + TokenText.random().text()).statusCode())
                .isEqualTo(401);
        RecoveryFile.write(directory, token, Instant.now().minusSeconds(1));
        assertThat(get("Authorization", header).statusCode()).isEqualTo(401);
        Files.delete(directory.resolve(RecoveryFile.NAME));
        assertThat(get("Authorization", header).statusCode()).isEqualTo(401);
    }

    @Test
    void superuser_needsNoGrants(@TempDir Path other) {
        try (TestNode own = TestNode.start(
                other, "security.mode", "on", "security.superusers", "user:root, cert:ops")) {
            user(own.node().session().security(), "root");
            assertThat(own.get("/api/cluster", "Authorization", basic("root")).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void usersAndGrants_areThereAfterARestart(@TempDir Path other) {
        try (TestNode first = TestNode.start(other, "security.mode", "on")) {
            user(first.node().session().security(), "ada", "viewer", "");
        }
        try (TestNode second = TestNode.start(other, "security.mode", "on")) {
            assertThat(second.get("/api/topics", "Authorization", basic("ada")).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void bootstrapUserFile_makesTheFirstAdministratorOnly(@TempDir Path other) throws Exception {
        Path file = other.resolve("first");
        Files.writeString(file, "root:correct horse battery\n");
        String data = other.resolve("data").toString();
        String[] settings = {"security.mode", "on", "security.bootstrap-user-file", file.toString()
        };
        try (TestNode first = TestNode.start(Path.of(data), settings)) {
            awaitLogin(first, basic("root", "correct horse battery"));
        }
        Files.writeString(file, "mallory:correct horse battery\n");
        try (TestNode second = TestNode.start(Path.of(data), settings)) {
            awaitLogin(second, basic("root", "correct horse battery"));
            assertThat(second.node().service().security().state().users()).containsOnlyKeys("root");
        }
        assertThat(Files.exists(Path.of(data).resolve(BootstrapFile.NAME))).isFalse();
    }

    private static void awaitLogin(TestNode node, String header) {
        org.awaitility.Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> node.get("/api/cluster", "Authorization", header).statusCode() == 200);
    }

    @Test
    void observe_servesEverybody_andCountsWhatItWouldRefuse(@TempDir Path other) {
        try (TestNode own = TestNode.start(other, "security.mode", "observe")) {
            user(own.node().session().security(), "ada");
            assertThat(own.post("/api/message", "{\"topic\":\"t\",\"message\":\"m\"}")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(own.get("/api/topics/t", "Authorization", basic("ada")).statusCode())
                    .isEqualTo(200);
            assertThat(own.get("/api/topics/t", "Authorization", basic("ada", "wrong wrong wrong"))
                            .statusCode())
                    .isEqualTo(401);
            assertThat(own.get("/metrics").body())
                    .contains("lignum_access_would_deny_total{action=\"write\"}")
                    .contains("lignum_access_would_deny_total{action=\"describe\"}")
                    .contains("lignum_security_mode{mode=\"observe\"} 1");
        }
    }

    @Test
    void observe_remembersWhichGrantsAreMissing(@TempDir Path other) {
        try (TestNode own = TestNode.start(other, "security.mode", "observe")) {
            SecurityService security = own.node().session().security();
            user(security, "ada");
            own.post("/api/message", "{\"topic\":\"t\",\"message\":\"m\"}");
            for (int i = 0; i < 2; i++) {
                own.get("/api/topics/t", "Authorization", basic("ada"));
            }
            assertThat(own.get("/api/access/missing").body())
                    .contains("{\"principal\":\"user:ada\",\"action\":\"describe\","
                            + "\"resource\":\"topic:t\",\"calls\":2,\"last_ms\":1")
                    .contains("{\"principal\":\"user:anonymous\",\"action\":\"write\","
                            + "\"resource\":\"topic:t\",\"calls\":1,");
            security.grant(Principals.grant("ada", "viewer", "topic:t")).join();
            assertThat(own.get("/api/access/missing").body())
                    .contains("user:anonymous")
                    .doesNotContain("user:ada");
        }
    }

    @Test
    void withoutUsers_healthAnswersAndNothingElse(@TempDir Path other) {
        try (TestNode own = TestNode.start(other, "security.mode", "on")) {
            assertThat(own.get("/health/ready").statusCode()).isEqualTo(200);
            assertThat(own.get("/api/topics").statusCode()).isEqualTo(401);
            assertThat(own.get("/metrics").statusCode()).isEqualTo(401);
        }
    }
}
