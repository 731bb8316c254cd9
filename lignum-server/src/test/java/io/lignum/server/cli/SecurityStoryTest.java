package io.lignum.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.record.Utf8;
import io.lignum.server.CommandRun;
import io.lignum.server.TestNode;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** The five minutes of docs/security.md, with the commands and a real node. */
class SecurityStoryTest {

    @TempDir
    Path directory;

    private TestNode node(Path data) {
        return TestNode.start(data, "security.mode", "on");
    }

    private static CommandRun run(TestNode node, Path login, String... command) {
        String[] asWhom = login.getFileName().toString().endsWith(".token")
                ? new String[] {"--token-file", login.toString()}
                : new String[] {"--user", "admin", "--password-file", login.toString()};
        return CommandRun.of(Stream.of(
                        Stream.of(command),
                        Stream.of("--server", "localhost:" + node.node().grpcPort()),
                        Stream.of(asWhom))
                .flatMap(words -> words)
                .toArray(String[]::new));
    }

    private static void assertDone(CommandRun run) {
        assertThat(run.code()).as(run.err() + run.out()).isEqualTo(Exit.OK);
    }

    @Test
    void administrator_letsATeamWriteToItsTopicsAndNothingElse() throws IOException {
        Path data = directory.resolve("data");
        Path password =
                Files.write(directory.resolve("password"), Utf8.encode("correct horse 1\n"));
        assertDone(CommandRun.of(
                "security",
                "init",
                "--data-dir",
                data.toString(),
                "--password-file",
                password.toString()));
        try (TestNode node = node(data)) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> run(node, password, "access", "whoami").code() == Exit.OK);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> !Files.exists(data.resolve("security.bootstrap")));
            assertDone(run(node, password, "user", "create", "shop", "--no-password"));
            assertDone(run(
                    node, password, "access", "grant", "user:shop", "producer", "topic:orders.*"));
            CommandRun created = run(node, password, "token", "create", "shop");
            assertDone(created);
            Path token = Files.write(directory.resolve("shop.token"), Utf8.encode(created.out()));

            assertDone(run(node, token, "topic", "create", "orders.eu"));
            CommandRun denied = run(node, token, "topic", "create", "bills");
            assertThat(denied.code()).isNotEqualTo(Exit.OK);
            assertThat(denied.err()).contains("ACCESS_DENIED", "create on topic bills");
            assertThat(run(node, token, "user", "list").err()).contains("ACCESS_DENIED");
            assertThat(run(node, token, "token", "create", "shop").err())
                    .as("a token cannot make tokens")
                    .contains("ACCESS_DENIED");

            assertThat(run(node, password, "access", "check", "user:shop", "write", "topic:bills")
                            .code())
                    .isEqualTo(Exit.NOT_ALLOWED);
            assertThat(run(node, password, "access", "list").out())
                    .contains("user:shop", "producer", "topic:orders.*");
            CommandRun last = run(node, password, "user", "delete", "admin", "--yes");
            assertThat(last.err()).contains("last administrator");
        }
    }

    @Test
    void lockedOutAdministrator_getsIn_withARecoveryToken() throws IOException {
        Path data = directory.resolve("data");
        Path forgotten =
                Files.write(directory.resolve("password"), Utf8.encode("correct horse 1\n"));
        try (TestNode node = node(data)) {
            CommandRun recovery =
                    CommandRun.of("security", "recover", "--data-dir", data.toString());
            assertDone(recovery);
            Path token =
                    Files.write(directory.resolve("recovery.token"), Utf8.encode(recovery.out()));
            assertDone(run(
                    node,
                    token,
                    "user",
                    "create",
                    "admin",
                    "--new-password-file",
                    forgotten.toString()));
            assertDone(run(node, token, "access", "grant", "user:admin", "admin"));
            assertDone(run(node, forgotten, "user", "list"));
        }
    }
}
