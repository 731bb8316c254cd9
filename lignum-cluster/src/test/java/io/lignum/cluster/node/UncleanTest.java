package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

/** R22: an operator accepts that committed records are lost; nothing else ever does. */
final class UncleanTest {

    private final SimulatedCluster cluster = new SimulatedCluster(ClusterScenario.SEED, 3).start();
    private final SimulatedNode left;
    private final List<SimulatedNode> stopped;

    UncleanTest() {
        cluster.createLive("t");
        cluster.append(cluster.leader(), "t", "everywhere");
        left = cluster.follower();
        stopped = ClusterScenario.others(cluster, left);
        left.kill();
        cluster.awaitInSync(2);
        cluster.append(cluster.leader(), "t", "on two");
        stopped.forEach(SimulatedNode::kill);
        left.start();
        cluster.run(Duration.ofSeconds(30));
    }

    @Test
    void withoutTheOperator_noNodeLeads() {
        assertThat(cluster.findLeader()).isEmpty();
        assertThat(ClusterScenario.failure(cluster, left.node().recover(false)))
                .hasMessageContaining("--unclean");
        cluster.run(Duration.ofSeconds(30));
        assertThat(cluster.findLeader()).isEmpty();
    }

    @Test
    void recoveredUncleanly_goesOnWithWhatIsLeft() {
        cluster.await(left.node().recover(true));
        assertThat(cluster.leader()).isSameAs(left);
        assertThat(ClusterScenario.append(cluster, left, "t", "alone")).isEqualTo(1);
        for (SimulatedNode node : stopped) {
            node.loseDisk();
            node.start();
        }
        cluster.awaitInSync(3);
        ClusterScenario.untilAllRead(cluster, "t", List.of("everywhere", "alone"));
        assertThat(ClusterScenario.state(cluster).uncleanEpoch()).isEmpty();
        assertThat(ClusterScenario.state(cluster).minIsr()).isEqualTo(2);
    }

    @Test
    void nodesThatComeBackWithMore_cutIt_andKeepItAside() {
        byte[] lost = new byte[0];
        cluster.await(left.node().recover(true));
        ClusterScenario.append(cluster, left, "t", "alone");
        for (SimulatedNode node : stopped) {
            node.start();
        }
        cluster.awaitInSync(3);
        ClusterScenario.untilAllRead(cluster, "t", List.of("everywhere", "alone"));
        for (SimulatedNode node : stopped) {
            assertThat(node.node().failure()).isNotDone();
            assertThat(ClusterScenario.sideFiles(node, node.log("t").id())).hasSize(1);
            lost = ClusterScenario.sideFiles(node, node.log("t").id()).get(0);
        }
        assertThat(new String(lost, java.nio.charset.StandardCharsets.ISO_8859_1))
                .contains("on two");
    }
}
