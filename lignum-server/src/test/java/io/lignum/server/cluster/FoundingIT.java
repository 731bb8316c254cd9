package io.lignum.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.server.CommandRun;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

import java.net.http.HttpResponse;
import java.nio.file.Path;

/** From a standalone node to a cluster with a secret, which refuses other nodes. */
@Isolated("processes that need both cores")
class FoundingIT {

    private static final String MESSAGE = "{\"topic\":\"%s\",\"message\":\"%s\"}";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory = Path.of("");

    @Test
    void standaloneNode_becomesTheFirstOfAClusterAndStrangersAreKeptOut() throws Exception {
        String[] settings = {
            "server.host", "0.0.0.0",
            "node.advertised-host", "127.0.0.1",
            "cluster.name", "oaks",
            "cluster.secret", "a long random text",
            "server.service-key", "service/oaks/key/master"
        };
        try (JarCluster cluster = new JarCluster(directory, settings)) {
            NodeProcess first = cluster.add();
            firstAlone(first);
            first.launch();
            first.awaitReady();
            cluster.awaitInSync(1);
            assertThat(first.readAll("kept")).containsExactly("k0", "k1", "k2");
            cluster.add();
            cluster.add();
            cluster.startAll();
            cluster.awaitInSync(3);
            for (NodeProcess node : cluster.nodes()) {
                Awaitility.await()
                        .atMost(JarCluster.TIMEOUT)
                        .untilAsserted(() ->
                                assertThat(node.readAll("kept")).containsExactly("k0", "k1", "k2"));
            }
            try (SteadyLoad load = new SteadyLoad(cluster, "live")) {
                load.finishAndVerify();
            }
            wrongSecretIsKeptOut(cluster);
        }
    }

    /** Creates data of a standalone node; it is refused without {@code cluster init}. */
    private void firstAlone(NodeProcess first) {
        NodeProcess alone = first.standalone();
        alone.launch();
        alone.awaitReady();
        for (int i = 0; i < 3; i++) {
            HttpResponse<String> sent =
                    alone.call("POST", "/api/message", MESSAGE.formatted("kept", "k" + i));
            assertThat(sent.statusCode()).as(sent.body()).isEqualTo(200);
        }
        String data = first.dataDirectory().toString();
        assertThat(CommandRun.of("cluster", "init", "--data-dir", data).code()).isEqualTo(8);
        alone.terminate();

        first.launch();
        assertThat(first.awaitEnd()).isEqualTo(2);
        assertThat(first.log()).contains("lignum cluster init");
        CommandRun init = CommandRun.of("cluster", "init", "--data-dir", data);
        assertThat(init.code()).as(init.err()).isZero();
    }

    private static void wrongSecretIsKeptOut(JarCluster cluster) {
        NodeProcess stranger = cluster.add("cluster.secret", "another long random text");
        stranger.launch();
        Awaitility.await("the stranger is refused, and says so")
                .atMost(JarCluster.TIMEOUT)
                .until(() -> stranger.log().contains("the same secret"));
        assertThat(cluster.leader().get("/api/cluster").get("in_sync")).hasSize(3);
        HttpResponse<String> read = stranger.isAlive()
                ? stranger.call("GET", "/api/message?topic=kept&from=0&to=9", "")
                : null;
        if (read != null) {
            assertThat(read.body()).doesNotContain("k0");
        }
        stranger.kill();
    }
}
