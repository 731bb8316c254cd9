package io.lignum.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.client.LignumClient;

import org.junit.jupiter.api.Test;

import java.time.Duration;

/** Leaders that go, in every way that they can. */
class FailoverTest {

    @Test
    void leaderKilled_nothingIsLostOrRepeated() {
        long startNanos = System.nanoTime();
        try (LignumTestCluster cluster = LignumTestCluster.start(3);
                LignumClient client = cluster.connect();
                Orders orders = Orders.to(client, "orders")) {
            System.out.println("3 nodes in sync after " + millisSince(startNanos) + " ms");
            orders.send(1_000);
            TestNode dead = cluster.leader();
            long killed = System.nanoTime();
            dead.kill();
            System.out.println("killed in " + millisSince(killed) + " ms");
            cluster.awaitLeader();
            System.out.println("another leader after " + millisSince(killed) + " ms");
            orders.send(1_000);
            orders.awaitAcknowledged();
            System.out.println("all acknowledged after " + millisSince(killed) + " ms");
            dead.restart();
            cluster.awaitInSync();
            System.out.println("in sync again after " + millisSince(killed) + " ms");
            for (TestNode node : cluster.nodes()) {
                orders.assertExactlyOnceOn(node);
            }
        }
    }

    static long millisSince(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos).toMillis();
    }

    @Test
    void leaderKilledUnderLoad_nothingIsLostOrRepeated() {
        try (LignumTestCluster cluster = LignumTestCluster.start(3);
                LignumClient client = cluster.connect();
                Orders orders = Orders.to(client, "orders")) {
            for (int round = 0; round < 3; round++) {
                TestNode leader = cluster.leader();
                orders.send(2_000); // Not waited for.
                leader.kill();
                orders.send(2_000);
                cluster.awaitLeader();
                leader.restart();
                cluster.awaitInSync();
            }
            orders.awaitAcknowledged();
            cluster.awaitInSync();
            for (TestNode node : cluster.nodes()) {
                orders.assertExactlyOnceOn(node);
            }
        }
    }

    @Test
    void leaderStopped_handsOver() {
        try (LignumTestCluster cluster = LignumTestCluster.start(3);
                LignumClient client = cluster.connect();
                Orders orders = Orders.to(client, "orders")) {
            orders.send(100);
            TestNode before = cluster.leader();
            before.stop();
            assertThat(cluster.awaitLeader()).isNotSameAs(before);
            assertThat(cluster.followers()).hasSize(1).doesNotContain(before);
            orders.send(100);
            orders.awaitAcknowledged();
            before.restart();
            cluster.awaitInSync();
            orders.assertExactlyOnceOn(before);
        }
    }

    @Test
    void leaderPaused_anotherLeadsAndItFollowsAfterwards() {
        try (LignumTestCluster cluster = LignumTestCluster.start(3);
                LignumClient client = cluster.connect();
                Orders orders = Orders.to(client, "orders")) {
            orders.send(100);
            orders.awaitAcknowledged();
            TestNode paused = cluster.leader();
            paused.pause();
            orders.send(100);
            assertThat(cluster.awaitLeader()).isNotSameAs(paused);
            paused.resume();
            orders.awaitAcknowledged();
            cluster.awaitInSync();
            assertThat(cluster.leader()).isNotSameAs(paused);
            orders.assertExactlyOnceOn(paused);
        }
    }

    @Test
    void pausedNode_canBeKilled() {
        try (LignumTestCluster cluster = LignumTestCluster.start(3)) {
            TestNode leader = cluster.leader();
            leader.pause();
            leader.kill();
            assertThat(cluster.awaitLeader()).isNotSameAs(leader);
        }
    }
}
