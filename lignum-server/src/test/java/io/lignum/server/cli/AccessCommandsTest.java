package io.lignum.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.lignum.api.SecurityGrant;
import io.lignum.client.Credentials;
import io.lignum.record.Utf8;
import io.lignum.server.CommandRun;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** {@code lignum user}, {@code token} and {@code access}, with a service that keeps the words. */
class AccessCommandsTest {

    @TempDir
    Path directory;

    private FakeSecurity node;
    private Path token = Path.of("");

    @BeforeEach
    void start() throws IOException {
        node = new FakeSecurity();
        token = Files.write(directory.resolve("token"), Utf8.encode("lgn_a_b\n"));
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private String[] withLogin(String... command) {
        return Stream.of(
                        Stream.of(command),
                        Stream.of("--server", node.address(), "--token-file", token.toString()))
                .flatMap(words -> words)
                .toArray(String[]::new);
    }

    private CommandRun run(String... command) {
        return CommandRun.of(withLogin(command));
    }

    private static JsonNode json(CommandRun run) throws IOException {
        return new ObjectMapper().readTree(run.out());
    }

    @Test
    void login_isSentWithEachCall() throws IOException {
        assertThat(json(run("access", "whoami", "--json")).get("principal").asText())
                .isEqualTo("user:Bearer lgn_a_b");
        CommandRun typed = CommandRun.typed(
                "hush\n", "access", "whoami", "--server", node.address(), "--user", "oak");
        assertThat(typed.err()).contains("Password of oak: ");
        assertThat(typed.out())
                .contains("principal      user:"
                        + Credentials.password("oak", "hush").authorization());
    }

    @Test
    void callWithoutALogin_isRefusedWithWhatToDo() {
        CommandRun refused = CommandRun.of("user", "list", "--server", node.address());
        assertThat(refused.code()).isEqualTo(Exit.FAILED);
        assertThat(refused.err())
                .contains("NOT_AUTHENTICATED: this node needs a login; log in with --user NAME")
                .hasLineCount(1);
    }

    @Test
    void user_isCreatedWithAPasswordThatIsAskedForTwice() {
        CommandRun created = CommandRun.typed("quiet\nquiet\n", withLogin("user", "create", "ash"));
        assertThat(created.err()).contains("New password of ash: ", "The same again: ");
        assertThat(created.out()).isEqualTo("created user ash\n");
        assertThat(node.users).containsEntry("ash", "quiet");
        CommandRun again = run("user", "create", "ash", "--no-password");
        assertThat(again.code()).isEqualTo(Exit.FAILED_PRECONDITION);
        assertThat(again.err()).contains("there is a user ash");
    }

    @Test
    void passwords_areSetAndRemoved() throws IOException {
        Path file = Files.write(directory.resolve("new"), Utf8.encode("quiet\n"));
        JsonNode created = json(run("user", "create", "ash", "--no-password", "--json"));
        assertThat(created.get("has_password").asBoolean()).isFalse();
        CommandRun set = run("user", "password", "ash", "--new-password-file", file.toString());
        assertThat(set.out()).isEqualTo("set the password of user ash\n");
        assertThat(node.users).containsEntry("ash", "quiet");
        assertThat(run("user", "password", "ash", "--no-password").out())
                .isEqualTo("removed the password of user ash\n");
        assertThat(node.users).containsEntry("ash", "");
        CommandRun none = run("user", "password", "ash");
        assertThat(none.code()).isEqualTo(Exit.USAGE);
        assertThat(none.err()).contains("--new-password-file FILE, or --no-password");
        CommandRun both = run(
                "user", "password", "ash", "--no-password", "--new-password-file", file.toString());
        assertThat(both.code()).isEqualTo(Exit.USAGE);
    }

    @Test
    void users_areListedAndDeleted() {
        assertThat(run("user", "list").err()).contains("no users yet");
        node.users.put("ash", "quiet");
        node.users.put("birch", "");
        assertThat(run("user", "list").out())
                .matches("USER +PASSWORD +CHANGED\nash +yes +2027-\\S+\nbirch +no +2027-\\S+\n");
        assertThat(run("user", "list", "--json").out().lines())
                .hasSize(2)
                .allMatch(line -> line.startsWith("{\"name\":\"") && line.endsWith("}"));
        CommandRun refused = run("user", "delete", "ash");
        assertThat(refused.code()).isEqualTo(Exit.USAGE);
        assertThat(refused.err()).contains("use --yes");
        CommandRun kept = CommandRun.typed("\n", withLogin("user", "delete", "ash"));
        assertThat(kept.err()).contains("Delete user ash with its tokens and grants?", "was kept");
        assertThat(run("user", "delete", "ash", "--yes").out()).isEqualTo("deleted user ash\n");
        assertThat(node.users).containsOnlyKeys("birch");
    }

    @Test
    void token_isPrintedAlone() throws IOException {
        CommandRun created =
                run("token", "create", "ash", "--description", "a\u001b[2Jshop", "--valid", "90d");
        assertThat(created.out()).isEqualTo("lgn_secret\n");
        assertThat(created.err())
                .contains("created token token-0 of user ash", "not shown again")
                .doesNotContain("lgn_secret");
        assertThat(run("token", "list").out())
                .contains("ID       OWNER  CREATED", "2027-04-15T", "\"a\\x1b[2Jshop\"");
        JsonNode second = json(run("token", "create", "ash", "--json"));
        assertThat(second.get("text").asText()).isEqualTo("lgn_secret");
        assertThat(second.has("expires_ms")).isFalse();
        assertThat(run("token", "list").out()).contains("never");
        assertThat(run("token", "delete", "token-0").out()).isEqualTo("deleted token token-0\n");
        assertThat(run("token", "list", "--json").out().lines()).hasSize(1);
        assertThat(run("token", "create", "ash", "--valid", "0").code()).isEqualTo(Exit.USAGE);
    }

    @Test
    void grants_areAddedCheckedAndRevoked() throws IOException {
        CommandRun granted = run("access", "grant", "user:ash", "write", "topic:orders");
        assertThat(granted.out()).isEqualTo("granted: user:ash allow write on topic:orders\n");
        assertThat(run("access", "grant", "cert:ops", "admin").out())
                .isEqualTo("granted: cert:ops allow admin\n");
        run("access", "grant", "user:ash", "read", "topic:pay*", "--deny");
        assertThat(node.grants.get(2))
                .isEqualTo(SecurityGrant.newBuilder()
                        .setPrincipal("user:ash")
                        .setDeny(true)
                        .setWhat("read")
                        .setResource("topic:pay*")
                        .build());
        assertThat(run("access", "list").out()).isEqualTo("""
                        PRINCIPAL  EFFECT  WHAT   RESOURCE
                        user:ash   allow   write  topic:orders
                        cert:ops   allow   admin  -
                        user:ash   deny    read   topic:pay*
                        """);
        assertThat(run("access", "list", "cert:ops", "--json").out().lines()).hasSize(1);
        assertThat(run("access", "list", "user:elm").err()).contains("granted to user:elm");
        CommandRun allowed = run("access", "check", "user:ash", "write", "topic:orders");
        assertThat(allowed.code()).isEqualTo(Exit.OK);
        assertThat(allowed.out())
                .isEqualTo("allowed\nby grant: user:ash allow write on topic:orders\n");
        assertThat(run("access", "revoke", "user:ash", "write", "topic:orders").code())
                .isEqualTo(Exit.OK);
        CommandRun no = run("access", "check", "user:ash", "write", "topic:orders", "--json");
        assertThat(no.code()).isEqualTo(Exit.NOT_ALLOWED);
        assertThat(json(no).get("allowed").asBoolean()).isFalse();
        CommandRun twice = run("access", "revoke", "user:ash", "write", "topic:orders");
        assertThat(twice.code()).isEqualTo(Exit.FAILED_PRECONDITION);
    }

    @Test
    void wordsThatAreMissing_areNamed() {
        CommandRun run = run("access", "grant", "user:ash");
        assertThat(run.code()).isEqualTo(Exit.USAGE);
        assertThat(run.err()).contains("WHAT");
    }

    @Test
    void missingGrants_arePrintedAsCommands() throws IOException {
        CommandRun run = run("access", "missing");
        assertThat(run.code()).isEqualTo(Exit.OK);
        assertThat(run.out()).isEqualTo("""
                lignum access grant user:shop create,write topic:orders
                lignum access grant 'cert:Bob'\\''s' operate cluster
                # without a login, last from 10.0.0.7: read on topic:orders
                """);
        assertThat(json(run("access", "missing", "--json")).get("calls").asLong())
                .isEqualTo(3);
    }
}
