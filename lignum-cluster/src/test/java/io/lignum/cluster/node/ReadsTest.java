package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.ClusterException;
import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;
import io.lignum.storage.TopicConfig;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

/** R23, R24 and R25: what reads show, on any node. */
final class ReadsTest {

    private final SimulatedCluster cluster = new SimulatedCluster(ClusterScenario.SEED, 3).start();

    @Test
    void committedReads_neverShowWhatIsNotCommitted() {
        cluster.createLive("t");
        SimulatedNode leader = cluster.leader();
        cluster.append(leader, "t", "committed");
        for (SimulatedNode other : ClusterScenario.others(cluster, leader)) {
            cluster.network().cutOneWay(other.address(), leader.address());
        }
        var pending = cluster.send(leader, "t", "not committed");
        cluster.run(Duration.ofSeconds(1));
        assertThat(pending).isNotDone();
        for (SimulatedNode node : cluster.nodes()) {
            assertThat(ClusterScenario.texts(node, "t"))
                    .containsExactly("committed", "not committed");
            assertThat(SimulatedCluster.read(node, "t")).containsExactly("committed");
        }
    }

    @Test
    void linearizableReads_onEveryNode_reachWhatWasAcknowledgedBefore() {
        cluster.createLive("t");
        cluster.create("wal", TopicConfig.DEFAULT);
        for (int i = 0; i < 20; i++) {
            for (String topic : List.of("t", "wal")) {
                long offset = cluster.append(cluster.node(1 + i % 3), topic, "record " + i);
                SimulatedNode reader = cluster.node(1 + (i + 1) % 3);
                long end = cluster.await(reader.node().readIndex(reader.log(topic)));
                assertThat(end).isGreaterThan(offset);
                cluster.until(
                        Duration.ofMillis(500), () -> reader.log(topic).readableEndOffset() >= end);
                assertThat(SimulatedCluster.read(reader, topic)).contains("record " + i);
            }
        }
    }

    @Test
    void coordinatorAway_failsLinearizableReads_andNotCommittedOnes() {
        cluster.createLive("t");
        cluster.append(cluster.leader(), "t", "x");
        SimulatedNode leader = cluster.leader();
        cluster.run(Duration.ofSeconds(1));
        cluster.coordinator().elect(Duration.ofSeconds(5));
        cluster.run(Duration.ofMillis(100));
        for (SimulatedNode node : cluster.nodes()) {
            Throwable failure =
                    ClusterScenario.failure(cluster, node.node().readIndex(node.log("t")));
            assertThat(failure).isInstanceOf(ClusterException.class);
            assertThat(SimulatedCluster.read(node, "t")).containsExactly("x");
        }
        assertThat(cluster.leader()).isSameAs(leader);
    }

    @Test
    void leaderThatWasReplacedWithoutKnowing_failsLinearizableReads() {
        cluster.createLive("t");
        SimulatedNode old = cluster.leader();
        cluster.append(old, "t", "first");
        cluster.network().isolate(old.address());
        cluster.coordinator().cut(old.id());
        SimulatedNode second = ClusterScenario.otherLeader(cluster, old);
        ClusterScenario.append(cluster, second, "t", "second");
        var read = old.node().readIndex(old.log("t"));
        assertThat(ClusterScenario.failure(cluster, read)).isInstanceOf(ClusterException.class);
    }

    @Test
    void followerCutOffFromItsLeader_failsLinearizableReads() {
        cluster.createLive("t");
        SimulatedNode cut = cluster.follower();
        cluster.network().isolate(cut.address());
        var read = cut.node().readIndex(cut.log("t"));
        assertThat(ClusterScenario.failure(cluster, read)).isInstanceOf(ClusterException.class);
    }
}
