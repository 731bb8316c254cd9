package io.lignum.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.record.LogRecord;
import io.lignum.server.CommandRun;
import io.lignum.server.TestNode;
import io.lignum.storage.LogStore;
import io.lignum.storage.TopicLog;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;

/** Lists, shows and republishes records that were cut off. */
class DivergentCommandsTest {

    @TempDir
    Path directory;

    @Test
    void recordsThatWereCutOff_areListedShownAndPublishedAgain() {
        try (LogStore store = LogStore.open(directory)) {
            TopicLog log = store.openOrCreate("orders");
            log.append(LogRecord.of("kept"));
            log.append(LogRecord.of("lost 1"));
            log.append(LogRecord.of("lost 2"));
            log.truncate(1);
        }
        try (TestNode node = TestNode.start(directory)) {
            String server = "127.0.0.1:" + node.node().grpcPort();
            CommandRun list = CommandRun.of("cluster", "divergent", "ls", "--server", server);
            assertThat(list.code()).as(list.err()).isZero();
            assertThat(list.out()).contains("/0-1-3  orders  1..3  epoch 0");
            String name = list.out().substring(0, list.out().indexOf(' '));

            CommandRun show =
                    CommandRun.of("cluster", "divergent", "show", name, "--json", "-s", server);
            assertThat(show.out().lines().toList())
                    .hasSize(2)
                    .first()
                    .asString()
                    .contains("\"offset\":1", "\"message\":\"lost 1\"");

            CommandRun again =
                    CommandRun.of("cluster", "divergent", "republish", name, "-s", server);
            assertThat(again.out()).isEqualTo("appended 2 records to orders, from offset 1\n");
            assertThat(node.get("/api/message?topic=orders&from=0&to=9").body())
                    .contains("kept", "lost 1", "lost 2", "\"count\":3");

            CommandRun other = CommandRun.of(
                    "cluster", "divergent", "republish", name, "--topic", "aside", "-s", server);
            assertThat(other.out()).isEqualTo("appended 2 records to aside, from offset 0\n");
        }
    }

    @Test
    void namesOfOtherFiles_areRefused() {
        try (TestNode node = TestNode.start(directory)) {
            String server = "127.0.0.1:" + node.node().grpcPort();
            for (String name : new String[] {"../lignum.format", "x", "../../etc/passwd"}) {
                CommandRun show = CommandRun.of("cluster", "divergent", "show", name, "-s", server);
                assertThat(show.code()).isEqualTo(Exit.USAGE);
                assertThat(show.err()).contains("there is no divergent file");
            }
        }
    }

    @Test
    void operatorsCalls_areRefusedByAStandaloneNode() {
        try (TestNode node = TestNode.start(directory)) {
            String server = "127.0.0.1:" + node.node().grpcPort();
            CommandRun status = CommandRun.of("cluster", "status", "-s", server);
            assertThat(status.out()).isEqualTo("a standalone node, standalone, in no cluster\n");
            CommandRun transfer = CommandRun.of("cluster", "transfer-leader", "-s", server);
            assertThat(transfer.code()).isEqualTo(Exit.FAILED_PRECONDITION);
            assertThat(transfer.err()).contains("stands alone");
            CommandRun recover = CommandRun.of("cluster", "recover", "-s", server);
            assertThat(recover.code()).isEqualTo(Exit.USAGE);
            CommandRun alter = CommandRun.of("topic", "alter", "t", "-s", server);
            assertThat(alter.code()).isEqualTo(Exit.USAGE);
        }
    }

    @Test
    void noNode_isReportedAtOnce() {
        CommandRun run = CommandRun.of("cluster", "status", "-s", "127.0.0.1:1");
        assertThat(run.code()).isEqualTo(Exit.FAILED);
        assertThat(run.err()).contains("no node answers at 127.0.0.1:1");
    }
}
