package io.lignum.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.server.TestNode;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.http.HttpResponse;
import java.nio.file.Path;

/** Users, tokens and grants over HTTP. */
class SecurityCallsTest {

    private static final String PASSWORD = "a long enough password";

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

    private static String ok(String method, String path, @Nullable String body) {
        HttpResponse<String> answer = node.call(method, path, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
        return answer.body();
    }

    private static String error(int status, String method, String path, @Nullable String body) {
        HttpResponse<String> answer = node.call(method, path, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return answer.body();
    }

    private static String password(String password) {
        return "{\"password\":\"" + password + "\"}";
    }

    @Test
    void user_isCreatedChangedListedAndDeleted() {
        assertThat(ok("PUT", "/api/users/ada", password(PASSWORD)))
                .startsWith("{\"name\":\"ada\",\"has_password\":true,\"changed_ms\":")
                .doesNotContain(PASSWORD);
        assertThat(error(409, "PUT", "/api/users/ada", "{}")).contains("FAILED_PRECONDITION");
        assertThat(ok("PUT", "/api/users/ada/password", "{\"password\":null}"))
                .contains("\"has_password\":false");
        assertThat(ok("GET", "/api/users", null)).contains("\"name\":\"ada\"");
        assertThat(ok("DELETE", "/api/users/ada", null))
                .isEqualTo("{\"status\":\"user deleted\",\"name\":\"ada\"}");
        assertThat(error(409, "DELETE", "/api/users/ada", null)).contains("FAILED_PRECONDITION");
    }

    @Test
    void passwordThatIsNotGiven_isAnErrorAndRemovesNone() {
        ok("PUT", "/api/users/eve", password(PASSWORD));
        assertThat(error(400, "PUT", "/api/users/eve/password", "{}"))
                .contains("\"field\":\"password\"");
        assertThat(error(400, "PUT", "/api/users/eve/password", null)).contains("\"code\"");
        assertThat(ok("GET", "/api/users", null))
                .contains("{\"name\":\"eve\",\"has_password\":true");
    }

    /** The parser's own message would quote the text. */
    @Test
    void passwordInABadBody_isNotRepeated() {
        for (String body : new String[] {
            "{\"password\":planted-secret}",
            "{\"password\":\"planted-secret\"",
            "{\"password\":\"planted-secret\"} planted-secret",
            "{\"password\":\"planted-secret\",\"password\":\"planted-secret\"}",
            "{\"password\":[\"planted-secret\"]}",
            password("short") + "planted-secret",
            "planted-secret"
        }) {
            assertThat(error(400, "PUT", "/api/users/mallory", body))
                    .doesNotContain("planted", "secret");
        }
        assertThat(error(413, "PUT", "/api/users/mallory", password("p".repeat(20_000))))
                .contains("REQUEST_TOO_LARGE", "16384 bytes");
    }

    @Test
    void token_isShownOnceAndDeletedByItsId() {
        ok("PUT", "/api/users/shop", "");
        String created = ok(
                "POST",
                "/api/tokens",
                "{\"owner\":\"shop\",\"description\":\"desks\",\"valid_ms\":60000}");
        String token = field(created, "text");
        String id = field(created, "id");
        assertThat(token).startsWith("lgn_" + id + "_");
        assertThat(ok("GET", "/api/tokens?owner=shop", null))
                .contains("\"id\":\"" + id + "\"", "\"total\":1")
                .doesNotContain(token);
        assertThat(ok("GET", "/api/tokens?owner=other", null)).contains("\"total\":0");
        assertThat(error(400, "POST", "/api/tokens", "{\"owner\":\"shop\",\"valid_ms\":0}"))
                .contains("\"field\":\"valid_ms\"");
        assertThat(ok("DELETE", "/api/tokens/" + id, null))
                .isEqualTo("{\"status\":\"token deleted\",\"id\":\"" + id + "\"}");
    }

    private static String field(String json, String name) {
        return json.replaceAll(".*\"" + name + "\":\"([^\"]*)\".*", "$1");
    }

    @Test
    void grant_decidesUntilItIsRemoved() {
        String check = "/api/access/check?principal=user:ann&action=write&resource=topic:a";
        String grant =
                "{\"principal\":\"user:ann\",\"effect\":\"allow\",\"what\":\"describe,write\","
                        + "\"resource\":\"topic:a*\"}";
        ok("PUT", "/api/users/ann", "");
        assertThat(ok("GET", check, null)).isEqualTo("{\"allowed\":false,\"grants\":[]}");
        assertThat(ok("POST", "/api/grants", grant)).isEqualTo(grant);
        assertThat(ok("GET", check, null))
                .isEqualTo("{\"allowed\":true,\"grants\":[" + grant + "]}");
        assertThat(ok("GET", "/api/grants?principal=user:ann", null))
                .isEqualTo("{\"grants\":[" + grant + "],\"total\":1}");
        assertThat(ok(
                        "DELETE",
                        "/api/grants?principal=user:ann&what=write,describe&resource=topic:a*",
                        null))
                .contains("grant deleted");
        assertThat(ok("GET", check, null)).contains("\"allowed\":false");
        assertThat(error(400, "POST", "/api/grants", "{\"principal\":\"ann\",\"what\":\"read\"}"))
                .contains("\"field\":\"principal\"");
        assertThat(error(400, "DELETE", "/api/grants?what=read", null)).contains("principal");
    }

    @Test
    void lists_comeInParts() {
        for (String name : new String[] {"p1", "p2", "p3"}) {
            ok("PUT", "/api/users/" + name, "");
            ok("POST", "/api/tokens", "{\"owner\":\"p1\"}");
        }
        assertThat(ok("GET", "/api/tokens?owner=p1&limit=2", null))
                .contains("\"total\":3", "\"next\":2");
        assertThat(ok("GET", "/api/tokens?owner=p1&limit=2&from=2", null))
                .contains("\"total\":3")
                .doesNotContain("\"next\"");
        assertThat(ok("GET", "/api/tokens?owner=p1&from=99999999999", null))
                .isEqualTo("{\"tokens\":[],\"total\":3}");
        assertThat(error(400, "GET", "/api/users?limit=0", null)).contains("1 to 1000");
    }

    @Test
    void whoAmI_withoutALogin_isAnonymous() {
        assertThat(ok("GET", "/api/whoami", null))
                .isEqualTo("{\"principal\":\"user:anonymous\",\"method\":\"none\","
                        + "\"mode\":\"protected\",\"administrator\":true,\"grants\":[]}");
    }
}
