package io.lignum.server.cluster;

import static io.lignum.server.access.Principals.basic;
import static io.lignum.server.access.Principals.grant;
import static io.lignum.server.access.Principals.user;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.InternalTopics;
import io.lignum.server.LignumNode;
import io.lignum.server.TestNode;
import io.lignum.server.access.EveryCallIsDecidedTest;
import io.lignum.server.access.Principals;
import io.lignum.server.service.SecurityService;
import io.lignum.server.service.TopicPatch;
import io.lignum.storage.LogStore;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Users and grants in a cluster in mode on: the same on all nodes. */
class ClusterUsersTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private TestCluster startThree() {
        TestCluster cluster = new TestCluster(directory);
        for (int i = 1; i <= 3; i++) {
            cluster.start(i, "security.mode", "on", "security.free-failed-logins", "1000");
        }
        cluster.awaitInSync(3);
        return cluster;
    }

    private static int status(LignumNode node, String path, String authorization) {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + node.httpPort() + path))
                .header("Authorization", authorization)
                .timeout(TestCluster.TIMEOUT)
                .build();
        return TestNode.send(request).statusCode();
    }

    private static void awaitStatus(
            LignumNode node, String path, String authorization, int expected) {
        Awaitility.await().atMost(SOON).until(() -> status(node, path, authorization) == expected);
    }

    @Test
    void everyPrincipal_getsWhatTheTableSays_atAFollower() {
        try (TestCluster cluster = startThree()) {
            LignumNode follower = cluster.follower();
            Path data = directory.resolve("node-" + cluster.number(follower));
            Map<String, String> headers = Principals.create(follower, data);
            EveryCallIsDecidedTest.check(follower, headers, "TransferLeader", "Decommission");
        }
    }

    @Test
    void changesAtAnyNode_holdAtAll_alsoAfterTheLeaderWasHalted() {
        try (TestCluster cluster = startThree()) {
            LignumNode leader = cluster.leader();
            LignumNode follower = cluster.follower();
            SecurityService security = follower.session().security();
            leader.session().topics().create("t", TopicPatch.NONE).join();
            user(security, "ada", "viewer", "topic:t");
            for (int i = 1; i <= 3; i++) {
                awaitStatus(cluster.node(i), "/api/topics/t", basic("ada"), 200);
            }
            leader.halt();
            LignumNode next = cluster.leader();
            assertThat(status(next, "/api/topics/t", basic("ada"))).isEqualTo(200);
            Awaitility.await().atMost(SOON).until(() -> {
                try {
                    next.session()
                            .security()
                            .revoke(grant("ada", "viewer", "topic:t"))
                            .join();
                    return true;
                } catch (java.util.concurrent.CompletionException notYet) {
                    return false;
                }
            });
            awaitStatus(follower, "/api/topics/t", basic("ada"), 403);
        }
    }

    @Test
    void usersOfAStandaloneNode_areThoseOfItsCluster() throws Exception {
        Path data = directory.resolve("node-1");
        try (TestNode alone = TestNode.start(data, "security.mode", "on")) {
            alone.node().session().topics().create("t", TopicPatch.NONE).join();
            user(alone.node().session().security(), "ada", "viewer", "topic:t");
        }
        io.lignum.cluster.node.ClusterInit.prepare(data);
        try (TestCluster cluster = new TestCluster(directory)) {
            cluster.start(1, "security.mode", "on");
            cluster.start(2, "security.mode", "on");
            cluster.awaitInSync(2);
            awaitStatus(cluster.node(2), "/api/topics/t", basic("ada"), 200);
            user(cluster.follower().session().security(), "bob");
            awaitStatus(cluster.leader(), "/api/topics", basic("bob"), 200);
        }
    }

    @Test
    void followerThatWasOffDuringCompaction_hasTheSameUsersAfterwards() {
        try (TestCluster cluster = startThree()) {
            LignumNode leader = cluster.leader();
            SecurityService security = leader.session().security();
            user(security, "ada", "viewer", "topic:t");
            user(security, "eve", "viewer", "topic:t");
            int number = cluster.number(cluster.follower());
            cluster.node(number).close();
            security.deleteUser("eve").join();
            user(security, "bob", "viewer", "topic:t");
            String topic = "topic:" + "t".repeat(200);
            long first = leader.service().security().state().version();
            while (leader.service().security().state().version() < first + 2_800) {
                List<CompletableFuture<Void>> changes = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    changes.add(
                            i % 2 == 0
                                    ? security.grant(grant("ada", "viewer", topic + i))
                                    : security.revoke(grant("ada", "viewer", topic + (i - 1))));
                }
                CompletableFuture.allOf(changes.toArray(CompletableFuture[]::new))
                        .join();
            }
            LignumNode again = cluster.start(
                    number, "security.mode", "on", "security.free-failed-logins", "9");
            Awaitility.await()
                    .atMost(SOON)
                    .untilAsserted(() -> assertThat(
                                    again.service().security().state().grants())
                            .isEqualTo(leader.service().security().state().grants()));
            awaitStatus(again, "/api/topics/t", basic("eve"), 401);
            awaitStatus(again, "/api/topics/t", basic("bob"), 404);
            again.close();
            Path data = directory.resolve("node-" + number);
            try (LogStore store = LogStore.open(data)) {
                assertThat(store.topic(InternalTopics.SECURITY).logStartOffset())
                        .isGreaterThan(1_000);
            }
        }
    }
}
