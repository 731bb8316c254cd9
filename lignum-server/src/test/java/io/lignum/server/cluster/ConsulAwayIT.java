package io.lignum.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import io.lignum.server.CommandRun;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;

/** Consul fails, returns, and loses its data. The tests share a cluster. */
@Isolated("processes that need both cores")
class ConsulAwayIT {

    private static final String WAL_MESSAGE = "{\"topic\":\"some-wal\",\"message\":\"x\"}";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    static Path directory = Path.of("");

    @SuppressWarnings("NullAway.Init")
    private static JarCluster cluster;

    @BeforeAll
    static void startCluster() {
        cluster = JarCluster.of(directory, 3);
    }

    @AfterAll
    static void endCluster() {
        cluster.close();
    }

    @BeforeEach
    void allInSync() {
        cluster.awaitInSync(3);
    }

    @Test
    void consulKilledAndRestarted_liveWritesAndCommittedReadsGoOn() throws Exception {
        try (SteadyLoad load = new SteadyLoad(cluster, "consul-killed")) {
            whileAway(load, "consul-killed", cluster.consul()::kill);
        }
    }

    @Test
    void consulTerminatedAndRestarted_liveWritesAndCommittedReadsGoOn() throws Exception {
        try (SteadyLoad load = new SteadyLoad(cluster, "consul-terminated")) {
            whileAway(load, "consul-terminated", cluster.consul()::terminate);
        }
    }

    private static void whileAway(SteadyLoad load, String topic, Runnable end) throws Exception {
        NodeProcess leader = cluster.leader();
        assertThat(leader.call("POST", "/api/message", WAL_MESSAGE).statusCode())
                .isEqualTo(200);
        end.run();
        awaitAnswer(leader, "POST", "/api/message", WAL_MESSAGE, "COORDINATOR_UNAVAILABLE");
        String linearizable = "/api/message?level=linearizable&from=0&to=1&topic=" + topic;
        for (NodeProcess node : cluster.nodes()) {
            awaitAnswer(node, "GET", linearizable, "", "COORDINATOR_UNAVAILABLE");
            assertThat(node.readAll(topic)).startsWith("m0", "m1");
            Awaitility.await(node + " says so")
                    .atMost(JarCluster.TIMEOUT)
                    .until(() -> !node.get("/api/cluster")
                            .get("coordinator_reachable")
                            .asBoolean());
        }
        load.awaitMore(1_000);
        assertThat(load.longestPause()).isLessThan(JarCluster.TIMEOUT);
        System.out.println(topic + ", pause while Consul is away: " + load.longestPause());

        cluster.consul().restart();
        cluster.awaitInSync(3);
        awaitStatus(cluster.leader(), "POST", "/api/message", WAL_MESSAGE);
        for (NodeProcess node : cluster.nodes()) {
            awaitStatus(node, "GET", linearizable, "");
        }
        load.awaitMore(500);
        load.finishAndVerify();
    }

    private static void awaitAnswer(
            NodeProcess node, String method, String path, String body, String text) {
        Awaitility.await(node + " answers " + path + " with " + text)
                .atMost(JarCluster.TIMEOUT)
                .untilAsserted(() -> {
                    HttpResponse<String> answer = node.call(method, path, body);
                    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
                    assertThat(answer.body()).contains(text);
                });
    }

    private static void awaitStatus(NodeProcess node, String method, String path, String body) {
        Awaitility.await(node + " answers " + path).atMost(JarCluster.TIMEOUT).untilAsserted(() -> {
            HttpResponse<String> answer = node.call(method, path, body);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        });
    }

    @Test
    void consulsDataLost_noNodeLeadsUntilRecover() throws Exception {
        try (SteadyLoad load = new SteadyLoad(cluster, "consul-lost")) {
            cluster.consul().terminate();
            cluster.consul().deleteData();
            cluster.consul().restart();
            for (NodeProcess node : cluster.nodes()) {
                awaitAlarm(node);
            }
            NodeProcess any = cluster.nodes().get(0);
            CommandRun status = JarCluster.lignum(any, "cluster", "status");
            assertThat(status.code()).as(status.out() + status.err()).isEqualTo(9);
            assertThat(status.out()).contains("lignum cluster recover");
            assertThat(any.readAll("consul-lost")).startsWith("m0", "m1");
            recoverSomewhere();
            cluster.awaitInSync(3);
            load.awaitMore(500);
            load.finishAndVerify();
        }
    }

    /** R38: the nodes that do not answer may be the only ones with committed records. */
    @Test
    void consulsDataLost_recoverAtAStaleNodeIsRefusedUntilTheOthersAnswer() throws Exception {
        try (SteadyLoad load = new SteadyLoad(cluster, "consul-lost-stale")) {
            NodeProcess stale = cluster.followers().get(0);
            List<NodeProcess> good =
                    cluster.nodes().stream().filter(node -> node != stale).toList();
            stale.kill();
            cluster.awaitInSync(2);
            load.awaitMore(500);
            good.forEach(NodeProcess::kill);
            cluster.consul().terminate();
            cluster.consul().deleteData();
            cluster.consul().restart();
            stale.launch();
            awaitAlarm(stale);
            CommandRun refused = JarCluster.lignum(stale, "cluster", "recover", "--yes");
            assertThat(refused.code()).as(refused.err()).isNotZero();
            assertThat(refused.err())
                    .contains("no answer from", good.get(0).id(), good.get(1).id(), "--unclean");

            cluster.startAll();
            good.forEach(ConsulAwayIT::awaitAlarm);
            refused = JarCluster.lignum(stale, "cluster", "recover", "--yes");
            assertThat(refused.err()).contains("was not in sync");
            recoverSomewhere();
            cluster.awaitInSync(3);
            load.awaitMore(500);
            load.finishAndVerify();
        }
    }

    private static void awaitAlarm(NodeProcess node) {
        node.awaitReady(); // It cannot be asked before.
        Awaitility.await(node + " alarms").atMost(JarCluster.TIMEOUT).until(() -> {
            JsonNode status = node.get("/api/cluster");
            return !status.get("role").asText().equals("leader")
                    && status.get("alarms").toString().contains("lost the cluster's state");
        });
    }

    /** A node without the longest log refuses, and names the one that has it. */
    private static void recoverSomewhere() {
        List<NodeProcess> nodes = cluster.nodes();
        int[] attempts = {0};
        Awaitility.await("recover").atMost(JarCluster.TIMEOUT).until(() -> {
            NodeProcess asked = nodes.get(attempts[0]++ % nodes.size());
            CommandRun run = JarCluster.lignum(asked, "cluster", "recover", "--yes");
            System.out.println("recover at " + asked + ": " + run.code() + " " + run.err());
            return run.code() == 0;
        });
    }
}
