package io.lignum.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.lignum.access.credential.ScramCredential;
import io.lignum.access.credential.TokenText;
import io.lignum.access.state.SecurityChange;
import io.lignum.access.state.SecurityRecord;
import io.lignum.record.Utf8;
import io.lignum.server.CommandRun;
import io.lignum.server.security.BootstrapFile;
import io.lignum.server.security.RecoveryFile;
import io.lignum.storage.LogStore;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** {@code lignum security}: the first login, and the one without a login. */
class SecurityCommandsTest {

    @TempDir
    Path shared;

    private Path data = Path.of("");

    @BeforeEach
    void chooseDirectory() {
        data = shared.resolve("data");
    }

    private String[] command(String name, String... options) {
        String[] all = new String[4 + options.length];
        System.arraycopy(
                new String[] {"security", name, "--data-dir", data.toString()}, 0, all, 0, 4);
        System.arraycopy(options, 0, all, 4, options.length);
        return all;
    }

    private CommandRun run(String name, String... options) {
        return CommandRun.of(command(name, options));
    }

    private void startOnce() {
        LogStore.open(data).close();
    }

    private void assertPrepared(String user, String password) {
        SecurityRecord record = BootstrapFile.read(data).orElseThrow();
        assertThat(record.by()).isEqualTo("security-init");
        assertThat(record.id()).hasSize(36);
        SecurityChange.Bootstrap change = (SecurityChange.Bootstrap) record.change();
        assertThat(change.name()).isEqualTo(user);
        assertThat(change.credentials())
                .extracting(ScramCredential::mechanism)
                .doesNotHaveDuplicates()
                .hasSize(2);
        assertThat(change.credentials()).allMatch(credential -> credential.matches(password));
    }

    @Test
    void passwordIsAskedForTwice_beforeTheFirstStart() {
        CommandRun typed = CommandRun.typed("correct horse\ncorrect horse\n", command("init"));
        assertThat(typed.err()).contains("New password of admin: ", "The same again: ");
        assertThat(typed.code()).isEqualTo(Exit.OK);
        assertThat(typed.out())
                .contains("creates the user admin, who may do everything")
                .doesNotContain("horse");
        assertPrepared("admin", "correct horse");
        startOnce(); // The engine accepts the directory.
        assertPrepared("admin", "correct horse");
    }

    @Test
    void withoutATerminal_aRandomPasswordIsPrintedAlone() throws IOException {
        startOnce();
        CommandRun random = run("init", "--user", "root");
        assertThat(random.code()).isEqualTo(Exit.OK);
        assertThat(random.out()).matches("[A-Za-z0-9_-]{24}\n");
        assertThat(random.err())
                .contains("not shown again")
                .doesNotContain(random.out().strip());
        assertPrepared("root", random.out().strip());
        BootstrapFile.delete(data);
        JsonNode json = new ObjectMapper().readTree(run("init", "--json").out());
        assertPrepared("admin", json.get("password").asText());
        assertThat(json.get("file").asText()).endsWith("security.bootstrap");
    }

    @Test
    void passwordOfAFile_isItsFirstLine() throws IOException {
        Path file = Files.write(shared.resolve("pw"), Utf8.encode("correct horse\r\nmore\n"));
        CommandRun run = run("init", "--password-file", file.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isEqualTo(Exit.OK);
        assertPrepared("admin", "correct horse");
    }

    @Test
    void preparedAdministrator_isNotReplaced() {
        assertThat(run("init").code()).isEqualTo(Exit.OK);
        CommandRun again = run("init", "--user", "other");
        assertThat(again.code()).isEqualTo(Exit.FAILED);
        assertThat(again.err()).contains("exists: the node has not used it yet").hasLineCount(1);
        assertThat(again.out()).isEmpty();
    }

    @Test
    void whatCannotBe_isRefused() throws IOException {
        Path weak = Files.write(shared.resolve("weak"), Utf8.encode("short\n"));
        Path empty = Files.write(shared.resolve("empty"), Utf8.encode("\n"));
        CommandRun tooShort = run("init", "--password-file", weak.toString());
        assertThat(tooShort.code()).isEqualTo(Exit.USAGE);
        assertThat(tooShort.err()).contains("needs 12 characters").doesNotContain("short\n");
        assertThat(run("init", "--password-file", empty.toString()).err())
                .contains("the first line of " + empty + " is empty");
        assertThat(run("init", "--user", "a b").code()).isEqualTo(Exit.USAGE);
        assertThat(run("init", "--user", "anonymous").code()).isEqualTo(Exit.USAGE);
        CommandRun differ = CommandRun.typed("correct horse\nwrong horse\n", command("init"));
        assertThat(differ.code()).isEqualTo(Exit.FAILED);
        assertThat(differ.err()).contains("the two passwords differ");
        assertThat(CommandRun.typed("", command("init")).err())
                .contains("the first line of the input is empty");
        assertThat(BootstrapFile.read(data)).isEmpty();
    }

    @Test
    void directoryOfARunningNode_andAForeignOne_areRefused() throws IOException {
        try (LogStore store = LogStore.open(data)) {
            CommandRun used = run("init");
            assertThat(used.code()).isEqualTo(Exit.IN_USE);
            assertThat(used.err()).contains("stop it first");
            assertThat(store.topics()).isEmpty();
        }
        data = Files.createDirectories(shared.resolve("foreign"));
        Files.createFile(data.resolve("photo.jpg"));
        CommandRun foreign = run("init");
        assertThat(foreign.code()).isEqualTo(Exit.FAILED);
        assertThat(foreign.err()).contains("neither a data directory of Lignum nor empty");
        CommandRun never = run("recover");
        assertThat(never.code()).isEqualTo(Exit.FAILED);
        assertThat(never.err()).contains("not a data directory of Lignum");
    }

    @Test
    void recoveryToken_isValidForAnHour_alsoWhileTheNodeRuns() throws IOException {
        try (LogStore store = LogStore.open(data)) {
            CommandRun first = run("recover");
            assertThat(first.code()).isEqualTo(Exit.OK);
            assertThat(first.err())
                    .contains("one hour", "this node only", "this host only")
                    .contains(data.resolve("security.recovery").toString());
            TokenText token = TokenText.parse(first.out().strip()).orElseThrow();
            Instant until = RecoveryFile.read(data, token).orElseThrow();
            assertThat(Duration.between(Instant.now(), until))
                    .isBetween(Duration.ofMinutes(59), Duration.ofHours(1));
            JsonNode json = new ObjectMapper().readTree(run("recover", "--json").out());
            TokenText second = TokenText.parse(json.get("token").asText()).orElseThrow();
            assertThat(RecoveryFile.read(data, token)).isEmpty();
            assertThat(RecoveryFile.read(data, second)).isPresent();
            assertThat(store.topics()).isEmpty();
        }
    }
}
