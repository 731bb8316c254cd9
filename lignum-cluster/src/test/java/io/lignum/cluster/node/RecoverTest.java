package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.internal.state.MembersFile;
import io.lignum.cluster.sim.MemoryCoordinator;
import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * R38: without {@code --unclean}, recover never goes on with the data of a node that may lack
 * committed records.
 */
final class RecoverTest {

    private final SimulatedCluster cluster = new SimulatedCluster(ClusterScenario.SEED, 3).start();
    private final SimulatedNode stale;
    private final List<SimulatedNode> good;

    /**
     * One node is taken out of the in-sync set and lacks a committed record; then the coordinator
     * loses its data.
     */
    RecoverTest() {
        cluster.createLive("t");
        cluster.append(cluster.leader(), "t", "everywhere");
        cluster.run(Duration.ofSeconds(1));
        stale = cluster.follower();
        good = ClusterScenario.others(cluster, stale);
        stale.kill();
        cluster.awaitInSync(2);
        cluster.append(cluster.leader(), "t", "on two");
        cluster.run(Duration.ofSeconds(1));
    }

    private void loseCoordinator() {
        cluster.coordinator().loseData();
        cluster.run(Duration.ofSeconds(20));
    }

    private String refusal(SimulatedNode at) {
        return String.valueOf(
                ClusterScenario.failure(cluster, at.node().recover(false)).getMessage());
    }

    @Test
    void othersDown_isRefusedAndNamesThem_untilTheyAreBackAndOneOfThemRecovers() {
        good.forEach(SimulatedNode::kill);
        loseCoordinator();
        stale.start();
        cluster.run(Duration.ofSeconds(20));
        assertThat(refusal(stale))
                .contains("no answer from", good.get(0).id(), good.get(1).id(), "--unclean");
        assertThat(cluster.coordinator().entry(ClusterScenario.STATE)).isEmpty();

        good.get(0).start();
        cluster.run(Duration.ofSeconds(20));
        assertThat(refusal(stale))
                .contains(good.get(1).id())
                .doesNotContain(good.get(0).id());
        assertThat(refusal(good.get(0))).contains(good.get(1).id());

        good.get(1).start();
        cluster.run(Duration.ofSeconds(20));
        assertThat(refusal(stale))
                .contains("not in sync", good.get(0).id(), good.get(1).id());
        recoverAtOneOf(good);
        cluster.awaitInSync(3);
        ClusterScenario.untilAllRead(cluster, "t", List.of("everywhere", "on two"));
    }

    private void recoverAtOneOf(List<SimulatedNode> nodes) {
        for (SimulatedNode node : nodes) {
            var done = node.node().recover(false);
            cluster.until(Duration.ofSeconds(20), done::isDone);
            if (!done.isCompletedExceptionally()) {
                return;
            }
            assertThat(ClusterScenario.failure(done)).hasMessageContaining("has more records");
        }
        throw new AssertionError("all refuse");
    }

    @Test
    void othersBehindACutNetwork_neverCountAsEmpty() {
        stale.start();
        cluster.awaitInSync(3);
        cluster.network().isolate(stale.address());
        var sent = cluster.send(cluster.leader(), "t", "third");
        cluster.awaitInSync(2);
        cluster.until(Duration.ofSeconds(5), sent::isDone);
        loseCoordinator();
        for (SimulatedNode node : cluster.nodes()) {
            assertThat(refusal(node)).contains("no answer from");
        }
        assertThat(cluster.coordinator().entry(ClusterScenario.STATE)).isEmpty();
        cluster.network().healAll();
        cluster.run(Duration.ofSeconds(5));
        recoverAtOneOf(good);
        cluster.awaitInSync(3);
        ClusterScenario.untilAllRead(cluster, "t", List.of("everywhere", "on two", "third"));
    }

    @Test
    void directoriesOfAnEarlierRelease_areRefusedAndSayWhatIsMissing() throws IOException {
        stale.start();
        cluster.awaitInSync(3);
        for (SimulatedNode node : cluster.nodes()) {
            node.kill();
        }
        cluster.coordinator().loseData();
        for (SimulatedNode node : cluster.nodes()) {
            node.disk().remove(SimulatedNode.DIRECTORY.resolve(MembersFile.NAME));
            node.start();
        }
        cluster.run(Duration.ofSeconds(20));
        assertThat(refusal(good.get(0))).contains(MembersFile.NAME, "--unclean");
        cluster.await(good.get(0).node().recover(true));
        cluster.awaitInSync(3);
        ClusterScenario.untilAllRead(cluster, "t", List.of("everywhere", "on two"));
    }

    @Test
    void nodeWithoutTheFile_learnsTheMembersFromAPeer() throws IOException {
        stale.start();
        cluster.awaitInSync(3);
        cluster.nodes().forEach(SimulatedNode::kill);
        cluster.coordinator().loseData();
        SimulatedNode forgetful = good.get(0);
        forgetful.disk().remove(SimulatedNode.DIRECTORY.resolve(MembersFile.NAME));
        forgetful.start();
        stale.start();
        cluster.run(Duration.ofSeconds(20));
        assertThat(refusal(forgetful)).contains("no answer from", good.get(1).id());
        good.get(1).start();
        cluster.run(Duration.ofSeconds(20));
        cluster.await(forgetful.node().recover(false));
        cluster.awaitInSync(3);
    }

    @Test
    void directoryOfAnEarlierRelease_getsItsFileFromTheCoordinator() throws IOException {
        stale.start();
        cluster.awaitInSync(3);
        stale.kill();
        stale.disk().remove(SimulatedNode.DIRECTORY.resolve(MembersFile.NAME));
        stale.start();
        cluster.awaitInSync(3);
        cluster.run(Duration.ofSeconds(1));
        var known = new MembersFile(stale.disk(), SimulatedNode.DIRECTORY).read();
        assertThat(known.inSync()).hasSize(3);
        assertThat(known.members()).hasSize(3);
    }

    @Test
    void decommissionedNode_isNotWaitedFor() {
        cluster.await(cluster.leader().node().decommission(stale.id()));
        cluster.run(Duration.ofSeconds(1));
        loseCoordinator();
        recoverAtOneOf(good);
        cluster.awaitInSync(2);
    }

    /** It was decommissioned while it was down, so that it does not know: others have to say so. */
    @Test
    void decommissionedNode_staysOut_andMayBeDecommissionedAgain() {
        cluster.await(cluster.leader().node().decommission(stale.id()));
        cluster.run(Duration.ofSeconds(1));
        loseCoordinator();
        stale.start();
        cluster.run(Duration.ofSeconds(5));
        recoverAtOneOf(good);
        cluster.awaitInSync(2);
        cluster.run(Duration.ofSeconds(30));
        assertThat(ClusterScenario.inSync(cluster)).hasSize(2).doesNotContain(stale.id());
        cluster.await(cluster.leader().node().decommission(stale.id()));
        assertThat(ClusterScenario.state(cluster).minIsr()).isEqualTo(2);
    }

    /** Otherwise each later recovery would wait for it, and no operator could remove it. */
    @Test
    void nodeThatOnlyTheMembersFilesKnow_canBeDecommissioned() {
        loseCoordinator();
        cluster.await(good.get(0).node().recover(true));
        cluster.awaitInSync(2);
        cluster.await(cluster.leader().node().decommission(stale.id()));
        cluster.run(Duration.ofSeconds(1));
        assertThat(ClusterScenario.failure(
                        cluster, cluster.leader().node().decommission("unknown")))
                .hasMessageContaining("there is no node unknown");
        loseCoordinator();
        recoverAtOneOf(good);
        cluster.awaitInSync(2);
    }

    @Test
    void majorityThatLostItsDisks_isNoAnswerThatCounts() {
        stale.start();
        cluster.awaitInSync(3);
        MemoryCoordinator.Copy backup = cluster.coordinator().copy();
        ClusterScenario.otherLeaderByTransfer(cluster);
        cluster.run(Duration.ofSeconds(1));
        cluster.nodes().forEach(SimulatedNode::kill);
        cluster.coordinator().restore(backup);
        stale.start();
        for (SimulatedNode node : good) {
            node.loseDisk();
            node.start();
        }
        cluster.run(Duration.ofSeconds(20));
        assertThat(refusal(stale))
                .contains("lost the data", good.get(0).id(), good.get(1).id());
    }

    /**
     * Its epochs are above those that the others, which did not answer, have seen: they follow it
     * when they are back.
     */
    @Test
    void uncleanWithoutTheOthers_isFollowedWhenTheyComeBack() {
        for (int i = 0; i < 3; i++) {
            ClusterScenario.otherLeaderByTransfer(cluster);
        }
        good.forEach(SimulatedNode::kill);
        loseCoordinator();
        stale.start();
        cluster.run(Duration.ofSeconds(20));
        cluster.await(stale.node().recover(true));
        ClusterScenario.append(cluster, stale, "t", "alone");
        good.forEach(SimulatedNode::start);
        cluster.awaitInSync(3);
        ClusterScenario.untilAllRead(cluster, "t", List.of("everywhere", "alone"));
    }
}
