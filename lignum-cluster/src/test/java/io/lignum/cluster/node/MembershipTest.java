package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.sim.CoordinatorFault;
import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

/** R35: the minimum grows with the nodes, and shrinks by decommission only. */
final class MembershipTest {

    @Test
    void minimum_growsWithTheNodes() {
        SimulatedCluster cluster = new SimulatedCluster(ClusterScenario.SEED, 5);
        int[] expected = {1, 2, 2, 3, 3};
        for (int i = 1; i <= 5; i++) {
            cluster.node(i).start();
            cluster.awaitInSync(i);
            cluster.run(Duration.ofSeconds(1));
            assertThat(ClusterScenario.state(cluster).minIsr())
                    .as("%d nodes", i)
                    .isEqualTo(expected[i - 1]);
        }
        cluster.createLive("t");
        assertThat(ClusterScenario.append(cluster, cluster.node(5), "t", "x")).isZero();
    }

    @Test
    void decommissionedNode_isOut_andStaysOut() {
        SimulatedCluster cluster = new SimulatedCluster(ClusterScenario.SEED, 3).start();
        cluster.createLive("t");
        SimulatedNode node = cluster.follower();
        assertThat(ClusterScenario.failure(
                        cluster,
                        cluster.leader().node().decommission(cluster.leader().id())))
                .hasMessageContaining("transfer the lead");
        cluster.await(cluster.leader().node().decommission(node.id()));
        assertThat(ClusterScenario.inSync(cluster)).hasSize(2).doesNotContain(node.id());
        cluster.run(Duration.ofSeconds(10));
        node.kill();
        node.start();
        cluster.run(Duration.ofSeconds(30));
        assertThat(ClusterScenario.inSync(cluster)).hasSize(2).doesNotContain(node.id());
        SimulatedNode last =
                ClusterScenario.others(cluster, cluster.leader(), node).get(0);
        cluster.await(cluster.leader().node().decommission(last.id()));
        assertThat(ClusterScenario.state(cluster).minIsr()).isEqualTo(1);
        node.kill();
        last.kill();
        assertThat(ClusterScenario.append(cluster, cluster.leader(), "t", "alone"))
                .isZero();
    }

    /**
     * As after an answer that was lost: the minimum is that of the four which are left, not of
     * three.
     */
    @Test
    void decommissionedTwice_isAsOnce() {
        SimulatedCluster cluster = new SimulatedCluster(ClusterScenario.SEED, 5).start();
        SimulatedNode node = cluster.follower();
        for (int i = 0; i < 2; i++) {
            cluster.await(cluster.leader().node().decommission(node.id()));
            assertThat(ClusterScenario.inSync(cluster)).hasSize(4).doesNotContain(node.id());
            assertThat(ClusterScenario.state(cluster).minIsr()).isEqualTo(3);
            cluster.run(Duration.ofSeconds(2));
        }
    }

    /**
     * A registration of an earlier life that arrives late must not hide the present one for ever.
     */
    @Test
    void registrationThatArrivesLate_isPutRight() {
        for (int i = 0; i < 6; i++) {
            SimulatedCluster cluster = new SimulatedCluster(ClusterScenario.SEED + i, 3).start();
            cluster.createLive("t");
            cluster.append(cluster.leader(), "t", "x");
            SimulatedNode node = cluster.follower();
            node.kill();
            node.loseDisk();
            for (int k = 0; k < 2; k++) {
                cluster.coordinator().plan(node.id(), CoordinatorFault.LATE);
            }
            node.start();
            cluster.run(Duration.ofMillis(100));
            node.kill();
            node.loseDisk();
            node.start();
            cluster.run(Duration.ofSeconds(20));
            cluster.awaitInSync(3);
            ClusterScenario.untilAllRead(cluster, "t", List.of("x"));
        }
    }
}
