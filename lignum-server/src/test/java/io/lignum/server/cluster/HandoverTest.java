package io.lignum.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.cluster.AppendResult;
import io.lignum.cluster.ClusterStartException;
import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.cluster.node.ClusterInit;
import io.lignum.record.LogRecord;
import io.lignum.server.CommandRun;
import io.lignum.server.LignumNode;
import io.lignum.server.config.ServerConfig;
import io.lignum.server.service.ReadQuery;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;

/** Nodes that come, go and lead in turn. */
class HandoverTest {

    @TempDir
    Path directory;

    @Test
    void leaderThatStops_handsOverWithoutLosingAMessage() {
        try (TestCluster cluster = TestCluster.of(directory, 2)) {
            LignumNode leader = cluster.leader();
            LignumNode follower = cluster.follower();
            follower.session()
                    .produce("t", LogRecord.of("one"), NotLeaderPolicy.FORWARD)
                    .join();
            long startNanos = System.nanoTime();
            leader.close();
            Awaitility.await()
                    .atMost(TestCluster.TIMEOUT)
                    .until(() -> cluster.leader() == follower);
            System.out.println("handed over in "
                    + Duration.ofNanos(System.nanoTime() - startNanos).toMillis() + " ms");
            AppendResult second = follower.session()
                    .produce("t", LogRecord.of("two"), NotLeaderPolicy.FORWARD)
                    .join();
            assertThat(second.firstOffset()).isEqualTo(1);
            assertThat(follower.session().read(ReadQuery.from("t", 0)).records())
                    .extracting(record -> record.text())
                    .containsExactly("one", "two");
        }
    }

    /** Until a check fails its in-sync peers would wait for it. */
    @Test
    void followerThatStops_isKnownToHaveLeftAtOnce() {
        try (TestCluster cluster = TestCluster.of(directory, 2)) {
            LignumNode follower = cluster.follower();
            String id = TestCluster.status(follower).nodeId();
            assertThat(cluster.isAlive(id)).isTrue();
            follower.close();
            assertThat(cluster.isAlive(id)).isFalse();
        }
    }

    @Test
    void transferLeader_movesTheLeadToTheNodeNamed() {
        try (TestCluster cluster = TestCluster.of(directory, 2)) {
            LignumNode leader = cluster.leader();
            LignumNode follower = cluster.follower();
            String to = TestCluster.status(follower).nodeId();
            CommandRun run = CommandRun.of(
                    "cluster",
                    "transfer-leader",
                    "--to",
                    to,
                    "--server",
                    "127.0.0.1:" + leader.grpcPort());
            assertThat(run.err()).isEmpty();
            assertThat(run.code()).isZero();
            Awaitility.await()
                    .atMost(TestCluster.TIMEOUT)
                    .until(() -> TestCluster.status(follower)
                            .leader()
                            .filter(to::equals)
                            .isPresent());
        }
    }

    @Test
    void dataOfAStandaloneNode_needsInitToFoundACluster() {
        Path data = directory.resolve("node-1");
        try (LignumNode alone = LignumNode.start(ServerConfig.embedded(data))) {
            alone.session()
                    .produce("old", LogRecord.of("kept"), NotLeaderPolicy.FORWARD)
                    .join();
            CommandRun busy = CommandRun.of("cluster", "init", "--data-dir", data.toString());
            assertThat(busy.code()).isEqualTo(8);
            assertThat(busy.err()).contains("in use");
        }
        try (TestCluster cluster = new TestCluster(directory)) {
            assertThatThrownBy(() -> cluster.start(1))
                    .isInstanceOf(ClusterStartException.class)
                    .hasMessageContaining("cluster init");
            CommandRun init = CommandRun.of("cluster", "init", "--data-dir", data.toString());
            assertThat(init.code()).as(init.err()).isZero();
            LignumNode node = cluster.start(1);
            cluster.awaitInSync(1);
            assertThat(node.session().read(ReadQuery.from("old", 0)).records()).hasSize(1);
            cluster.start(2);
            cluster.awaitInSync(2);
            Awaitility.await()
                    .atMost(TestCluster.TIMEOUT)
                    .until(() -> cluster.node(2).session().topics().list().stream()
                            .anyMatch(topic ->
                                    topic.name().equals("old") && topic.messageCount() == 1));
        }
        assertThatThrownBy(() -> ClusterInit.prepare(data))
                .isInstanceOf(ClusterStartException.class)
                .hasMessageContaining("part of a cluster");
    }
}
