package io.lignum.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.client.LignumClient;
import io.lignum.cluster.ClusterStatus;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

/** Nodes that do not hear each other. */
class PartitionTest {

    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    /** What hangs at a node that is cut off is given up soon, and sent again to another. */
    private static LignumTestCluster impatient(int nodes) {
        return LignumTestCluster.builder()
                .nodes(nodes)
                .setting("replication.commit-timeout-in-ms", "3000")
                .start();
    }

    @Test
    void leaderIsolated_theOthersGoOnAndItFollowsAfterwards() {
        try (LignumTestCluster cluster = impatient(3);
                LignumClient client = cluster.connect();
                Orders orders = Orders.to(client, "orders")) {
            orders.send(100);
            TestNode isolated = cluster.leader();
            isolated.isolate();
            orders.send(100);
            TestNode leader = cluster.awaitLeader();
            assertThat(leader).isNotSameAs(isolated);
            // Committed without it, and so not to be had from it.
            orders.awaitAcknowledged();
            orders.assertExactlyOnceOn(leader);
            assertThat(isolated.log("orders")).hasSizeLessThanOrEqualTo(100);
            isolated.rejoin();
            cluster.awaitInSync();
            assertThat(cluster.leader()).isSameAs(leader);
            orders.assertExactlyOnceOn(isolated);
        }
    }

    @Test
    void leaderCutFromItsFollowers_acknowledgesNothingAlone() {
        try (LignumTestCluster cluster = LignumTestCluster.start(3);
                LignumClient client = cluster.connect();
                Orders orders = Orders.to(client, "orders")) {
            orders.send(100);
            orders.awaitAcknowledged();
            TestNode leader = cluster.leader();
            cluster.partition(List.of(leader), cluster.followers());
            orders.send(100);
            // All three still reach the coordinator, so it goes on leading, with no replica to
            // commit with.
            Awaitility.await()
                    .during(Duration.ofSeconds(2))
                    .atMost(TIMEOUT)
                    .until(() -> !orders.isAllAcknowledged()
                            && leader.status().role() == ClusterStatus.Role.LEADER);
            assertThat(leader.log("orders")).hasSize(100);
            cluster.heal();
            orders.awaitAcknowledged();
            cluster.awaitInSync();
            for (TestNode node : cluster.nodes()) {
                orders.assertExactlyOnceOn(node);
            }
        }
    }

    @Test
    void slowNetwork_onlyTakesLonger() {
        try (LignumTestCluster cluster = LignumTestCluster.start(2);
                LignumClient client = cluster.connect();
                Orders orders = Orders.to(client, "orders")) {
            cluster.followers().get(0).slowNetwork(Duration.ofMillis(200));
            long startNanos = System.nanoTime();
            orders.send(1);
            orders.awaitAcknowledged();
            assertThat(Duration.ofNanos(System.nanoTime() - startNanos))
                    .isGreaterThan(Duration.ofMillis(400)); // There and back.
        }
    }

    @Test
    void fiveNodes_surviveTwo() {
        try (LignumTestCluster cluster = impatient(5);
                LignumClient client = cluster.connect();
                Orders orders = Orders.to(client, "orders")) {
            orders.send(500);
            TestNode first = cluster.leader();
            first.kill();
            TestNode second = cluster.awaitLeader();
            orders.send(500);
            second.isolate();
            TestNode third = cluster.awaitLeader();
            assertThat(third).isNotIn(first, second);
            orders.send(500);
            orders.awaitAcknowledged();
            cluster.repair();
            assertThat(cluster.nodes()).allMatch(TestNode::isRunning);
            for (TestNode node : cluster.nodes()) {
                orders.assertExactlyOnceOn(node);
            }
        }
    }
}
