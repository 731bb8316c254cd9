package io.lignum.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import io.lignum.server.CommandRun;
import io.lignum.server.TestNode;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Leaders of a real cluster fail while messages are written. The tests share a cluster. */
@Isolated("processes that need both cores")
class FailoverIT {

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
        cluster.startAll();
        cluster.awaitInSync(3);
    }

    @Test
    void startOfThree_electsOneLeaderThatAllKnow() {
        NodeProcess leader = cluster.leader();
        for (NodeProcess node : cluster.nodes()) {
            JsonNode status = node.get("/api/cluster");
            assertThat(status.get("leader").asText()).isEqualTo(leader.id());
            assertThat(status.get("min_in_sync").asInt()).isEqualTo(2);
            assertThat(status.get("nodes")).hasSize(3);
            assertThat(status.get("alarms")).isEmpty();
        }
        CommandRun status = JarCluster.lignum(leader, "cluster", "status");
        assertThat(status.code()).isZero();
        assertThat(status.out()).contains("leader, in sync").contains("follower, in sync");
    }

    @Test
    void leaderKilled_anotherGoesOnAndItComesBack() throws Exception {
        try (SteadyLoad load = new SteadyLoad(cluster, "killed")) {
            NodeProcess former = cluster.leader();
            former.kill();
            cluster.leaderOtherThan(former);
            load.awaitMore(500);
            former.launch();
            cluster.awaitInSync(3);
            load.awaitMore(100);
            load.finishAndVerify();
        }
    }

    @Test
    void leaderStoppedForEightSeconds_isReplacedAndFollowsOnceResumed() throws Exception {
        try (SteadyLoad load = new SteadyLoad(cluster, "suspended")) {
            NodeProcess former = cluster.leader();
            long paused = System.nanoTime();
            former.pause();
            cluster.leaderOtherThan(former);
            load.awaitMore(500);
            Awaitility.await()
                    .atMost(JarCluster.TIMEOUT)
                    .until(() ->
                            System.nanoTime() - paused > Duration.ofSeconds(8).toNanos());
            former.resume();
            cluster.awaitInSync(3);
            assertThat(cluster.leader()).isNotSameAs(former);
            load.awaitMore(100);
            load.finishAndVerify();
        }
    }

    @Test
    void leaderTerminated_handsOverWithAShortPause() throws Exception {
        try (SteadyLoad load = new SteadyLoad(cluster, "terminated")) {
            NodeProcess former = cluster.leader();
            assertThat(former.terminate()).isEqualTo(143);
            load.awaitMore(500);
            System.out.println("hand-over at SIGTERM: " + load.longestPause());
            assertThat(load.longestPause()).isLessThan(Duration.ofSeconds(3));
            former.launch();
            cluster.awaitInSync(3);
            load.finishAndVerify();
        }
    }

    @Test
    void transferLeader_movesTheLeadToTheNodeNamed() throws Exception {
        try (SteadyLoad load = new SteadyLoad(cluster, "transferred")) {
            NodeProcess successor = cluster.followers().get(1);
            CommandRun run = JarCluster.lignum(
                    cluster.followers().get(0),
                    "cluster",
                    "transfer-leader",
                    "--to",
                    successor.id());
            assertThat(run.code()).as(run.err()).isZero();
            Awaitility.await()
                    .atMost(JarCluster.TIMEOUT)
                    .until(() -> cluster.leader() == successor);
            load.awaitMore(500);
            System.out.println("hand-over by transfer-leader: " + load.longestPause());
            load.finishAndVerify();
        }
    }

    @Test
    void sessionDestroyedByHand_electsAgainAndLosesNothing() throws Exception {
        try (SteadyLoad load = new SteadyLoad(cluster, "destroyed")) {
            long epoch = epoch();
            String lock = consul("GET", "/v1/kv/service/lignum/key/master");
            String session = lock.replaceAll("(?s).*\"Session\": *\"([^\"]*)\".*", "$1");
            assertThat(consul("PUT", "/v1/session/destroy/" + session)).contains("true");
            Awaitility.await()
                    .atMost(JarCluster.TIMEOUT)
                    .ignoreExceptions()
                    .until(() -> epoch() > epoch);
            load.awaitMore(500);
            cluster.awaitInSync(3);
            load.finishAndVerify();
        }
    }

    private static long epoch() {
        return cluster.leader().get("/api/cluster").get("epoch").asLong();
    }

    private static String consul(String method, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + cluster.consul().httpPort() + path))
                .timeout(Duration.ofSeconds(10))
                .method(method, BodyPublishers.noBody())
                .build();
        return TestNode.send(request).body();
    }

    @Test
    void topicsCreatedAndDeletedAroundAFailover_areTheSameEverywhere() {
        List<String> wanted = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            if (i == 10) {
                cluster.leader().kill();
            }
            untilDone("PUT", "/api/topics/around-" + i, "{\"live\":" + (i % 2 == 0) + "}", 409);
            if (i % 3 == 0) {
                untilDone("DELETE", "/api/topics/around-" + i, "", 404);
                untilDone("PUT", "/api/topics/around-" + i, "{}", 409);
            } else if (i % 3 == 1) {
                untilDone("DELETE", "/api/topics/around-" + i, "", 404);
                continue;
            }
            wanted.add("around-" + i);
        }
        cluster.startAll();
        cluster.awaitInSync(3);
        SortedMap<String, String> atLeader = topicIds(cluster.leader());
        assertThat(atLeader).containsOnlyKeys(wanted);
        for (NodeProcess node : cluster.nodes()) {
            Awaitility.await("topics of " + node)
                    .atMost(JarCluster.TIMEOUT)
                    .untilAsserted(() -> assertThat(topicIds(node)).isEqualTo(atLeader));
        }
    }

    /** A repeat after an unknown outcome may find it done already. */
    private static void untilDone(String method, String path, String body, int doneBefore) {
        int[] attempts = {0};
        Awaitility.await(method + " " + path)
                .atMost(JarCluster.TIMEOUT)
                .ignoreExceptions()
                .until(() -> {
                    attempts[0]++;
                    NodeProcess any = cluster.followers().get(0);
                    HttpResponse<String> answer = any.call(method, path, body);
                    return answer.statusCode() == 200
                            || answer.statusCode() == 201
                            || (attempts[0] > 1 && answer.statusCode() == doneBefore);
                });
    }

    private static SortedMap<String, String> topicIds(NodeProcess node) {
        SortedMap<String, String> ids = new TreeMap<>();
        for (JsonNode topic : node.get("/api/topics")) {
            String name = topic.get("name").asText();
            if (name.startsWith("around-")) {
                ids.put(name, node.get("/api/topics/" + name).get("id").asText());
            }
        }
        return ids;
    }

    @Test
    void twoOfThreeKilled_readsGoOnAndWritesComeBackByThemselves() throws Exception {
        try (SteadyLoad load = new SteadyLoad(cluster, "two-killed")) {
            NodeProcess left = cluster.leader();
            List<NodeProcess> lost = cluster.followers();
            lost.forEach(NodeProcess::kill);
            Awaitility.await()
                    .atMost(JarCluster.TIMEOUT)
                    .untilAsserted(() -> assertThat(left.call(
                                            "POST",
                                            "/api/message",
                                            "{\"topic\":\"two-killed\",\"message\":\"refused\"}")
                                    .body())
                            .contains("NOT_ENOUGH_REPLICAS", "NOT_APPLIED"));
            assertThat(left.readAll("two-killed")).hasSizeGreaterThan(50);
            lost.get(0).launch();
            load.awaitMore(500);
            cluster.startAll();
            cluster.awaitInSync(3);
            load.finishAndVerify();
        }
    }
}
