package io.lignum.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.client.LignumClient;

import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The annotation, on a class and on a method. */
@LignumCluster(
        nodes = 2,
        settings = {"limits.max-topics=7", "limits.max-streams=20"})
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Execution(ExecutionMode.SAME_THREAD)
class ExtensionTest {

    private final LignumTestCluster ofTheClass;

    ExtensionTest(LignumTestCluster cluster) {
        ofTheClass = cluster;
    }

    @Test
    @Order(1)
    void annotatedClass_sharesOneCluster(LignumTestCluster cluster, LignumClient client) {
        assertThat(cluster).isSameAs(ofTheClass);
        assertThat(cluster.nodes()).hasSize(2);
        assertThat(cluster.leader().server().service().limits().maxTopics()).isEqualTo(7);
        try (Orders orders = Orders.to(client, "shared")) {
            orders.send(1);
            orders.awaitAcknowledged();
        }
        cluster.leader().kill();
    }

    @Test
    @Order(2)
    void clusterOfAClass_isRepairedBeforeEachTest(LignumTestCluster cluster) {
        assertThat(cluster).isSameAs(ofTheClass);
        assertThat(cluster.nodes()).allMatch(TestNode::isRunning);
        assertThat(cluster.node(1).log("shared")).hasSize(1);
        assertThat(cluster.node(2).log("shared")).hasSize(1);
    }

    @Test
    @Order(3)
    @LignumCluster(nodes = 1)
    void annotatedMethod_hasAClusterOfItsOwn(LignumTestCluster cluster) {
        assertThat(cluster).isNotSameAs(ofTheClass);
        assertThat(cluster.nodes()).hasSize(1);
        assertThat(cluster.leader().log("shared")).isEmpty();
    }
}
