package io.lignum.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import io.lignum.server.CommandRun;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

import java.nio.file.Path;
import java.util.List;

/** A cluster of five loses its leader and another node, one of them for good. */
@Isolated("processes that need both cores")
class FiveNodesIT {

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory = Path.of("");

    @Test
    void twoOfFiveKilledAndOneDecommissioned_writesGoOnThroughout() throws Exception {
        try (JarCluster cluster = JarCluster.of(directory, 5);
                SteadyLoad load = new SteadyLoad(cluster, "five")) {
            NodeProcess leader = cluster.leader();
            NodeProcess stopped = cluster.followers().get(0);
            stopped.kill();
            leader.kill();
            cluster.leaderOtherThan(leader);
            load.awaitMore(500);
            cluster.awaitInSync(3);

            CommandRun out =
                    JarCluster.lignum(cluster.leader(), "cluster", "decommission", stopped.id());
            assertThat(out.code()).as(out.err()).isZero();
            leader.launch();
            cluster.awaitInSync(4);
            load.awaitMore(500);
            JsonNode status = cluster.leader().get("/api/cluster");
            assertThat(status.get("min_in_sync").asInt()).isEqualTo(3);

            decommissionALivingOne(cluster);
            load.awaitMore(500);
            load.finishAndVerify();
        }
    }

    private static void decommissionALivingOne(JarCluster cluster) {
        List<NodeProcess> followers = cluster.followers();
        NodeProcess retired = followers.get(0);
        CommandRun out =
                JarCluster.lignum(followers.get(1), "cluster", "decommission", retired.id());
        assertThat(out.code()).as(out.err()).isZero();
        Awaitility.await().atMost(JarCluster.TIMEOUT).untilAsserted(() -> {
            JsonNode status = cluster.leader().get("/api/cluster");
            assertThat(status.get("in_sync")).hasSize(3);
            assertThat(status.get("min_in_sync").asInt()).isEqualTo(2);
        });
        assertThat(retired.terminate()).isEqualTo(143);
    }
}
