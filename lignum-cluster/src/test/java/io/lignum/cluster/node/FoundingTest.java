package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.cluster.ClusterException;
import io.lignum.cluster.ClusterStartException;
import io.lignum.cluster.coordinator.TxnOp;
import io.lignum.cluster.internal.state.NodeIdentity;
import io.lignum.cluster.internal.state.NodeIdentityFile;
import io.lignum.cluster.sim.MemoryCoordinator;
import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;
import io.lignum.record.LogRecord;
import io.lignum.storage.TopicConfig;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** R2: one cluster, never two, and never one of other data than is meant. */
final class FoundingTest {

    private SimulatedCluster cluster = new SimulatedCluster(ClusterScenario.SEED, 3);

    private static void putData(SimulatedNode node) {
        node.standalone(store -> {
            var log = store.createTopic("old", TopicConfig.DEFAULT);
            log.append(LogRecord.of("from before"));
        });
    }

    @Test
    void emptyDirectoriesStartedAtOnce_foundOneCluster() {
        for (int i = 0; i < 20; i++) {
            cluster = new SimulatedCluster(ClusterScenario.SEED + i, 3);
            cluster.coordinator().faultRate(i % 4 * 0.1);
            cluster.start();
            cluster.run(Duration.ofSeconds(3));
            assertThat(cluster.nodes().stream()
                            .map(node -> ClusterScenario.identity(node).clusterId())
                            .distinct())
                    .as("seed %d", ClusterScenario.SEED + i)
                    .hasSize(1);
        }
    }

    @Test
    void standaloneDataWithoutInit_isRefused() {
        putData(cluster.node(1));
        assertThatThrownBy(() -> cluster.node(1).start())
                .isInstanceOf(ClusterStartException.class)
                .hasMessageContaining("lignum cluster init");
        assertThat(cluster.coordinator().entry(ClusterScenario.STATE)).isEmpty();
    }

    @Test
    void standaloneDataAfterInit_foundsTheCluster_andItsTopicsComeToAll() {
        putData(cluster.node(1));
        ClusterInit.prepare(cluster.node(1).disk(), SimulatedNode.DIRECTORY);
        cluster.node(1).start();
        assertThat(cluster.leader()).isSameAs(cluster.node(1));
        cluster.node(2).start();
        cluster.node(3).start();
        cluster.awaitInSync(3);
        ClusterScenario.untilAllRead(cluster, "old", List.of("from before"));
    }

    @Test
    void standaloneDataAfterInit_refusesToJoinAnotherCluster() {
        cluster.node(2).start();
        cluster.node(3).start();
        cluster.awaitInSync(2);
        putData(cluster.node(1));
        ClusterInit.prepare(cluster.node(1).disk(), SimulatedNode.DIRECTORY);
        cluster.node(1).start();
        var failure = cluster.node(1).node().failure();
        cluster.until(Duration.ofSeconds(20), failure::isDone);
        assertThat(failure.join()).hasMessageContaining("join it with an empty data directory");
    }

    @Test
    void nodeOfAnotherCluster_halts() throws IOException {
        cluster.start();
        SimulatedNode stranger = cluster.follower();
        stranger.kill();
        NodeIdentity was = ClusterScenario.identity(stranger);
        new NodeIdentityFile(stranger.disk(), SimulatedNode.DIRECTORY)
                .write(was.inCluster(new UUID(1, 1)));
        stranger.disk().killProcess();
        stranger.start();
        var failure = stranger.node().failure();
        cluster.until(Duration.ofSeconds(20), failure::isDone);
        assertThat(failure.join()).hasMessageContaining("is of cluster");
    }

    @Test
    void coordinatorThatLostItsData_electsNoNode_untilTheLongestNodeIsMadeToRecover() {
        cluster.start();
        cluster.createLive("t");
        SimulatedNode leader = cluster.leader();
        SimulatedNode behind = cluster.follower();
        cluster.network().isolate(behind.address());
        var sent = cluster.send(leader, "t", "acknowledged");
        cluster.until(Duration.ofSeconds(40), sent::isDone);
        assertThat(sent).isCompleted();
        cluster.coordinator().loseData();
        cluster.run(Duration.ofSeconds(10));
        cluster.network().healAll();
        cluster.run(Duration.ofSeconds(30));
        assertThat(cluster.findLeader()).isEmpty();
        assertThat(cluster.coordinator().entry(ClusterScenario.STATE)).isEmpty();
        for (SimulatedNode node : cluster.nodes()) {
            assertThat(node.node().status().alarms())
                    .anyMatch(alarm -> alarm.contains("lignum cluster recover"));
        }
        int before = ClusterScenario.identity(leader).epoch();
        assertThat(ClusterScenario.failure(cluster, behind.node().recover(false)))
                .hasMessageContaining("was not in sync")
                .hasMessageContaining(leader.id());
        cluster.await(leader.node().recover(false));
        cluster.awaitInSync(3);
        assertThat(ClusterScenario.state(cluster).epoch()).isGreaterThan(before);
        assertThat(ClusterScenario.state(cluster).clusterId())
                .isEqualTo(ClusterScenario.identity(behind).clusterId().orElseThrow());
        ClusterScenario.untilAllRead(cluster, "t", List.of("acknowledged"));
        assertThat(cluster.append(behind, "t", "goes on")).isEqualTo(1);
    }

    @Test
    void coordinatorRestoredFromAnOlderCopy_electsNoNodeUntilRecovered() {
        cluster.start();
        cluster.createLive("t");
        MemoryCoordinator.Copy copy = cluster.coordinator().copy();
        SimulatedNode first = cluster.leader();
        first.kill();
        SimulatedNode second = ClusterScenario.otherLeader(cluster, first);
        ClusterScenario.append(cluster, second, "t", "in the second epoch");
        first.start();
        cluster.awaitInSync(3);
        cluster.coordinator().restore(copy);
        cluster.run(Duration.ofSeconds(40));
        assertThat(cluster.findLeader()).isEmpty();
        cluster.await(second.node().recover(false));
        cluster.awaitInSync(3);
        ClusterScenario.untilAllRead(cluster, "t", List.of("in the second epoch"));
    }

    /**
     * R2, R8: it heard of the epoch from a peer, and never saw the state that the coordinator lost.
     */
    @Test
    void coordinatorBehindTheNodesOwnEpoch_electsNoNodeUntilRecovered() throws IOException {
        cluster.start();
        cluster.createLive("t");
        cluster.nodes().forEach(SimulatedNode::kill);
        SimulatedNode node = cluster.node(1);
        new NodeIdentityFile(node.disk(), SimulatedNode.DIRECTORY)
                .write(ClusterScenario.identity(node).atEpoch(9));
        node.start();
        cluster.run(Duration.ofSeconds(40));
        assertThat(cluster.findLeader()).isEmpty();
        assertThat(ClusterScenario.state(cluster).epoch()).isEqualTo(1);
        assertThat(node.node().status().alarms())
                .anyMatch(alarm -> alarm.contains("lignum cluster recover"));
        cluster.await(node.node().recover(true));
        assertThat(cluster.leader()).isSameAs(node);
        assertThat(ClusterScenario.state(cluster).epoch()).isGreaterThan(9);
    }

    /** R2: no node can be elected on it, and no node ends because of it. */
    @Test
    void damagedState_electsNoNodeUntilRecovered() {
        cluster.start();
        cluster.createLive("t");
        cluster.append(cluster.leader(), "t", "acknowledged");
        SimulatedNode first = cluster.leader();
        cluster.await(cluster.coordinator()
                .view("an operator")
                .transact(List.of(new TxnOp.Put(ClusterScenario.STATE, "{\"v\":"))));
        first.kill();
        cluster.run(Duration.ofSeconds(40));
        first.start();
        cluster.run(Duration.ofSeconds(40));
        assertThat(cluster.findLeader()).isEmpty();
        for (SimulatedNode node : cluster.nodes()) {
            assertThat(node.node().failure()).isNotDone();
            assertThat(node.node().status().alarms()).anyMatch(alarm -> alarm.contains("damaged"));
        }
        cluster.await(cluster.node(2).node().recover(false));
        cluster.awaitInSync(3);
        ClusterScenario.untilAllRead(cluster, "t", List.of("acknowledged"));
    }

    /** The founder dies before its topics belong to the cluster: the next leader adds them. */
    @Test
    void founderThatDiesAtOnce_bringsItsTopicsLater() {
        putData(cluster.node(1));
        ClusterInit.prepare(cluster.node(1).disk(), SimulatedNode.DIRECTORY);
        cluster.node(1).start();
        while (cluster.coordinator().entry(ClusterScenario.STATE).isEmpty()) {
            cluster.run(Duration.ofNanos(100_000)); // The founder does not know yet that it is one.
        }
        cluster.node(1).kill();
        cluster.node(1).start();
        cluster.until(
                Duration.ofSeconds(60),
                () -> cluster.findLeader().isPresent()
                        && ClusterScenario.state(cluster).epoch() > 1);
        cluster.node(2).start();
        cluster.node(3).start();
        cluster.awaitInSync(3);
        ClusterScenario.untilAllRead(cluster, "old", List.of("from before"));
    }

    @Test
    void recoverWithoutALoss_isRefused() {
        cluster.start();
        assertThat(ClusterScenario.failure(cluster, cluster.follower().node().recover(false)))
                .isInstanceOf(ClusterException.FailedPrecondition.class);
        assertThat(ClusterScenario.failure(cluster, cluster.leader().node().recover(true)))
                .isInstanceOf(ClusterException.FailedPrecondition.class);
    }
}
