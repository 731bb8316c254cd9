package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.sim.CoordinatorFault;
import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;

/** R7 and R8: the epoch and the lock are taken together, whatever becomes of the answer. */
final class ElectionTest {

    private static void judge(SimulatedCluster cluster, SimulatedNode second) {
        ClusterState state = ClusterScenario.state(cluster);
        assertThat(state.leader().map(leader -> leader.member().nodeId())).contains(second.id());
        assertThat(ClusterScenario.identity(second).epoch()).isEqualTo(state.epoch());
        String lock = "service/lignum/key/master";
        assertThat(cluster.coordinator().entry(lock).orElseThrow().session())
                .isEqualTo(state.leader().map(ClusterState.Leader::session));
    }

    /** Whatever happens to whatever of the candidates' next writes. */
    @ParameterizedTest
    @EnumSource(CoordinatorFault.class)
    void electionWithThisFault_endsWithOneLeader(CoordinatorFault fault) {
        for (int i = 0; i < 5; i++) {
            SimulatedCluster cluster = new SimulatedCluster(ClusterScenario.SEED + i, 3).start();
            cluster.createLive("t");
            SimulatedNode first = cluster.leader();
            cluster.append(first, "t", "acknowledged");
            for (SimulatedNode other : ClusterScenario.others(cluster, first)) {
                for (int k = 0; k < 4; k++) {
                    cluster.coordinator().plan(other.id(), fault);
                }
            }
            first.kill();
            ClusterScenario.otherLeader(cluster, first);
            first.start();
            cluster.awaitInSync(3);
            cluster.run(Duration.ofSeconds(8));
            SimulatedNode second = cluster.leader();
            judge(cluster, second);
            assertThat(cluster.append(second, "t", "next")).isEqualTo(1);
        }
    }

    @Test
    void electionsUnderRandomFaults_endWithOneLeader() {
        for (int i = 0; i < 8; i++) {
            SimulatedCluster cluster = new SimulatedCluster(ClusterScenario.SEED + i, 3).start();
            cluster.createLive("t");
            cluster.coordinator().faultRate(0.5);
            SimulatedNode first = cluster.leader();
            first.kill();
            cluster.run(Duration.ofSeconds(5));
            first.start();
            cluster.run(Duration.ofSeconds(20));
            cluster.coordinator().faultRate(0);
            cluster.awaitInSync(3);
            cluster.run(Duration.ofSeconds(8));
            judge(cluster, cluster.leader());
            assertThat(cluster.append(cluster.follower(), "t", "x")).isZero();
        }
    }

    /** A leader that is well is not disturbed by what its own elector still had in mind. */
    @Test
    void quietCluster_keepsItsLeader() {
        for (int i = 0; i < 20; i++) {
            SimulatedCluster cluster = new SimulatedCluster(ClusterScenario.SEED + i, 3).start();
            SimulatedNode first = cluster.leader();
            first.kill();
            SimulatedNode second = ClusterScenario.otherLeader(cluster, first);
            int epoch = ClusterScenario.state(cluster).epoch();
            cluster.run(Duration.ofSeconds(30));
            assertThat(ClusterScenario.state(cluster).epoch())
                    .as("seed %d", ClusterScenario.SEED + i)
                    .isEqualTo(epoch);
            assertThat(cluster.leader()).isSameAs(second);
        }
    }

    /** R5: a watch that tells who held the lock before is no proof. */
    @Test
    void staleAnswersOfWatches_deposeNoLeader() {
        for (int i = 0; i < 5; i++) {
            SimulatedCluster cluster = new SimulatedCluster(ClusterScenario.SEED + i, 3).start();
            SimulatedNode first = cluster.leader();
            SimulatedNode second = cluster.follower();
            cluster.await(first.node().transferLeadership(java.util.Optional.of(second.id())));
            cluster.until(
                    Duration.ofSeconds(20),
                    () -> cluster.findLeader().filter(second::equals).isPresent());
            int epoch = ClusterScenario.state(cluster).epoch();
            cluster.coordinator().staleRate(0.7);
            cluster.run(Duration.ofSeconds(40));
            assertThat(cluster.leader()).isSameAs(second);
            assertThat(ClusterScenario.state(cluster).epoch()).isEqualTo(epoch);
        }
    }

    /** R7: a node that is not in sync is not elected. */
    @Test
    void nodeThatIsNotInSync_isNotElected() {
        SimulatedCluster cluster = new SimulatedCluster(ClusterScenario.SEED, 3).start();
        SimulatedNode away = cluster.follower();
        away.kill();
        cluster.awaitInSync(2);
        for (SimulatedNode other : ClusterScenario.others(cluster, away)) {
            other.kill();
        }
        away.start();
        cluster.run(Duration.ofSeconds(60));
        assertThat(cluster.findLeader()).isEmpty();
    }

    /**
     * R2, R10: it must not lead before it remembers the epoch, and it must not keep others from
     * leading.
     */
    @Test
    void winnerWhoseDiskHangs_letsGoOfTheLock() {
        SimulatedCluster cluster = new SimulatedCluster(ClusterScenario.SEED, 3).start();
        cluster.createLive("t");
        SimulatedNode first = cluster.leader();
        SimulatedNode hung = ClusterScenario.others(cluster, first).get(0);
        SimulatedNode third = ClusterScenario.others(cluster, first).get(1);
        hung.hangDisk();
        third.pause();
        first.kill();
        cluster.until(
                Duration.ofSeconds(6),
                () -> ClusterScenario.state(cluster)
                        .leader()
                        .filter(leader -> leader.member().nodeId().equals(hung.id()))
                        .isPresent());
        third.resume();
        cluster.until(
                Duration.ofSeconds(20),
                () -> cluster.findLeader().filter(leader -> leader == third).isPresent());
        hung.unhangDisk();
        first.start();
        cluster.awaitInSync(3);
        assertThat(ClusterScenario.append(cluster, third, "t", "x")).isZero();
    }
}
