package io.lignum.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.lignum.server.CommandRun;
import io.lignum.server.TestNode;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code lignum topic} against a real node. */
class TopicCommandsTest {

    @TempDir
    Path directory;

    private TestNode node;

    @BeforeEach
    void startNode() {
        node = TestNode.start(directory);
    }

    @AfterEach
    void stopNode() {
        node.close();
    }

    private String[] topic(String... args) {
        List<String> all = new ArrayList<>(List.of("topic"));
        all.addAll(List.of(args));
        all.addAll(List.of("--server", "localhost:" + node.node().grpcPort()));
        return all.toArray(String[]::new);
    }

    @Test
    void settingsGivenAtCreation_areDescribed() throws IOException {
        CommandRun created = CommandRun.of(topic(
                "create",
                "orders",
                "--durability",
                "interval",
                "--retention-time",
                "7d",
                "--retention-bytes",
                "1GiB",
                "--segment-max-records",
                "500"));
        assertThat(created.err()).isEmpty();
        assertThat(created.out()).isEqualTo("created topic orders\n");
        CommandRun described = CommandRun.of(topic("describe", "orders"));
        assertThat(described.out())
                .contains("durability       interval\n", "retention time   7d\n")
                .contains("segment records  500\n", "retention size   1.07 GB\n");
        JsonNode json = new ObjectMapper()
                .readTree(CommandRun.of(topic("describe", "orders", "--json")).out());
        assertThat(json.get("retentionMs").asLong()).isEqualTo(604_800_000);
        assertThat(json.get("retentionBytes").asLong()).isEqualTo(1 << 30);
    }

    @Test
    void list_hasEveryTopic() {
        CommandRun none = CommandRun.of(topic("ls"));
        assertThat(none.code()).isEqualTo(Exit.OK);
        assertThat(none.out()).isEmpty();
        node.post("/api/message", "{\"topic\":\"b\",\"message\":\"x\"}");
        CommandRun.of(topic("create", "a"));
        assertThat(CommandRun.of(topic("ls")).out())
                .matches("TOPIC +RECORDS +SIZE\na +0 +0 B\nb +1 +\\d+ B\n");
        assertThat(CommandRun.of(topic("list", "--json")).out().lines())
                .hasSize(2)
                .allMatch(line -> line.startsWith("{\"name\":\"") && line.endsWith("}"));
    }

    @Test
    void removal_asksAHuman_andNeedsYesWhereThereIsNone() {
        node.post("/api/message", "{\"topic\":\"t\",\"message\":\"x\"}");
        CommandRun refused = CommandRun.of(topic("rm", "t"));
        assertThat(refused.code()).isEqualTo(Exit.USAGE);
        assertThat(refused.err()).contains("use --yes");
        CommandRun no = CommandRun.typed("\n", topic("rm", "t"));
        assertThat(no.code()).isEqualTo(Exit.FAILED);
        assertThat(no.err()).contains("Remove topic t with 1 records? [y/N]", "was kept");
        CommandRun yes = CommandRun.typed("y\n", topic("rm", "t"));
        assertThat(yes.code()).isEqualTo(Exit.OK);
        assertThat(yes.out()).isEqualTo("removed topic t and its 1 records\n");
        CommandRun again = CommandRun.of(topic("rm", "t", "--yes"));
        assertThat(again.code()).isEqualTo(Exit.FAILED);
        assertThat(again.err()).contains("there is no topic t", "lignum topic ls");
    }

    @Test
    void existingTopicOrBadName_isReportedInOneLine() {
        CommandRun.of(topic("create", "t"));
        CommandRun twice = CommandRun.of(topic("create", "t"));
        assertThat(twice.code()).isEqualTo(Exit.FAILED);
        assertThat(twice.err()).startsWith("lignum: TOPIC_EXISTS: ").hasLineCount(1);
        CommandRun bad = CommandRun.of(topic("create", "a b"));
        assertThat(bad.code()).isEqualTo(Exit.USAGE);
        assertThat(bad.err()).contains("1 to 249 of a-z").hasLineCount(1);
    }

    @Test
    void noNode_isReportedAtOnce_withWhatToDo() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        CommandRun run = CommandRun.of("topic", "ls", "-s", "localhost:" + free);
        assertThat(run.code()).isEqualTo(Exit.FAILED);
        assertThat(run.err())
                .contains("no node answers at localhost:" + free)
                .contains("Start it with: lignum serve")
                .hasLineCount(1);
        CommandRun unknown = CommandRun.of("topic", "ls", "-s", "no-such-host.invalid");
        assertThat(unknown.err()).contains("unknown host 'no-such-host.invalid'");
        CommandRun nonsense = CommandRun.of("topic", "ls", "-s", "a b:x");
        assertThat(nonsense.code()).isEqualTo(Exit.USAGE);
    }

    @Test
    void httpPort_isSaidNotToSpeakGrpc() {
        CommandRun run =
                CommandRun.of("topic", "ls", "-s", "localhost:" + node.node().httpPort());
        assertThat(run.code()).isEqualTo(Exit.FAILED);
        assertThat(run.err()).contains("does not speak gRPC").hasLineCount(1);
    }
}
