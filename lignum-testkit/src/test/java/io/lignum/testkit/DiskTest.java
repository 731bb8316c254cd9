package io.lignum.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.client.Codecs;
import io.lignum.client.LignumClient;
import io.lignum.client.LignumException;
import io.lignum.client.Producer;
import io.lignum.client.TopicSpec;
import io.lignum.server.service.TopicInfo;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Disks that are slow, full or broken. */
class DiskTest {

    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    @Test
    void slowDiskOfAFollower_delaysEveryAcknowledgement() {
        try (LignumTestCluster cluster = LignumTestCluster.start(3);
                LignumClient client = cluster.connect();
                Orders orders = Orders.to(client, "orders")) {
            cluster.followers().get(0).slowDisk(Duration.ofMillis(500));
            long startNanos = System.nanoTime();
            orders.send(1);
            orders.awaitAcknowledged();
            assertThat(Duration.ofNanos(System.nanoTime() - startNanos))
                    .isGreaterThanOrEqualTo(Duration.ofMillis(500));
        }
    }

    @Test
    void slowDiskThatIsHealed_endsWhatWaits() {
        try (LignumTestCluster cluster = LignumTestCluster.start(1);
                LignumClient client = cluster.connect();
                Orders orders = Orders.to(client, "orders")) {
            cluster.node(1).slowDisk(Duration.ofHours(1));
            orders.send(1);
            Awaitility.await()
                    .during(Duration.ofMillis(500))
                    .atMost(TIMEOUT)
                    .until(() -> !orders.isAllAcknowledged());
            cluster.node(1).healDisk();
            orders.awaitAcknowledged();
        }
    }

    @Test
    void fullDisk_refusesWhatItCannotKeepAndServesWhatItHas() {
        try (LignumTestCluster cluster = LignumTestCluster.start(1);
                LignumClient client = cluster.connect();
                Producer<byte[], String> producer = client.producer("orders")
                        .values(Codecs.utf8())
                        .deliveryTimeout(Duration.ofSeconds(10))
                        .open()) {
            producer.send("before").orTimeout(1, TimeUnit.MINUTES).join();
            TestNode node = cluster.node(1);
            node.fullDisk();
            // The client retries until its timeout, because the disk may have space again.
            assertThatThrownBy(() -> producer.send("during")
                            .orTimeout(1, TimeUnit.MINUTES)
                            .join())
                    .cause()
                    .isInstanceOfSatisfying(
                            LignumException.class,
                            refused -> assertThat(refused.outcome())
                                    .isEqualTo(LignumException.Outcome.NOT_APPLIED));
            assertThat(node.isRunning()).isTrue();
            assertThat(node.log("orders"))
                    .extracting(record -> record.text())
                    .containsExactly("before");
            node.healDisk();
            Awaitility.await()
                    .atMost(TIMEOUT)
                    .ignoreExceptions()
                    .until(() -> producer.send("after").join() > 0);
            assertThat(node.log("orders"))
                    .extracting(record -> record.text())
                    .containsExactly("before", "after");
        }
    }

    /** Both are records of the metadata log, for which space is reserved. */
    @Test
    void fullDiskOfTheLeader_takesDeletionsAndTrims_whichMakeSpace() {
        try (LignumTestCluster cluster = LignumTestCluster.start(3);
                LignumClient client = cluster.connect();
                Orders orders = Orders.to(client, "orders");
                Orders others = Orders.to(client, "others")) {
            client.topics()
                    .alter(TopicSpec.of("orders").withSegmentMaxRecords(10))
                    .orTimeout(1, TimeUnit.MINUTES)
                    .join();
            for (int i = 0; i < 6; i++) {
                orders.send(10);
                orders.awaitAcknowledged();
            }
            others.send(1);
            others.awaitAcknowledged();
            TestNode leader = cluster.leader();
            leader.fullDisk();
            client.topics().delete("others").orTimeout(1, TimeUnit.MINUTES).join();
            leader.server().session().topics().trim("orders", 50).join();
            Awaitility.await()
                    .atMost(TIMEOUT)
                    .until(() -> leader.server()
                                    .session()
                                    .topics()
                                    .describe("orders")
                                    .logStart()
                            == 50);
            assertThat(leader.server().session().topics().list())
                    .extracting(TopicInfo::name)
                    .containsExactly("orders");
            assertThat(cluster.leader()).isSameAs(leader);
            leader.healDisk();
        }
    }

    @Test
    void failingDiskOfTheLeader_stopsItAndAnotherLeads() {
        try (LignumTestCluster cluster = LignumTestCluster.start(3);
                LignumClient client = cluster.connect();
                Orders orders = Orders.to(client, "orders")) {
            orders.send(100);
            TestNode failed = cluster.leader();
            failed.failDisk();
            orders.send(100);
            Awaitility.await().atMost(TIMEOUT).until(() -> !failed.isRunning());
            assertThat(cluster.awaitLeader()).isNotSameAs(failed);
            orders.awaitAcknowledged();
            cluster.repair();
            orders.assertExactlyOnceOn(failed);
        }
    }
}
