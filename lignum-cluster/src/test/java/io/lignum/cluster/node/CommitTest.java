package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.ClusterException;
import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;
import io.lignum.storage.Outcome;
import io.lignum.storage.TopicConfig;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

/** R11 to R14: what is acknowledged, and when not. */
final class CommitTest {

    private final SimulatedCluster cluster = new SimulatedCluster(ClusterScenario.SEED, 3).start();

    @Test
    void followerThatIsCutOff_holdsCommitsUntilItIsOutOfTheSet_andCatchesUpLater() {
        cluster.createLive("t");
        SimulatedNode leader = cluster.leader();
        SimulatedNode cut = cluster.follower();
        cluster.network().cut(leader.address(), cut.address());
        var sent = cluster.send(leader, "t", "x");
        cluster.run(Duration.ofSeconds(3));
        assertThat(sent).isNotDone();
        cluster.until(Duration.ofSeconds(20), sent::isDone);
        assertThat(sent).isCompleted();
        assertThat(ClusterScenario.inSync(cluster)).hasSize(2).doesNotContain(cut.id());
        cluster.network().healAll();
        cluster.awaitInSync(3);
        ClusterScenario.untilAllRead(cluster, "t", List.of("x"));
    }

    @Test
    void twoOfThreeLost_refusesAppends_andRecoversByItself() {
        cluster.createLive("t");
        SimulatedNode leader = cluster.leader();
        List<SimulatedNode> others = ClusterScenario.others(cluster, leader);
        others.forEach(SimulatedNode::kill);
        cluster.run(Duration.ofSeconds(5));
        var refused = cluster.send(leader, "t", "refused");
        assertThat(ClusterScenario.failure(refused))
                .isInstanceOf(ClusterException.NotEnoughReplicas.class);
        assertThat(ClusterScenario.outcome(refused)).isEqualTo(Outcome.NOT_APPLIED);
        assertThat(ClusterScenario.state(cluster).isr()).hasSizeGreaterThanOrEqualTo(2);
        cluster.run(Duration.ofSeconds(60));
        others.forEach(SimulatedNode::start);
        cluster.awaitInSync(3);
        assertThat(ClusterScenario.append(cluster, cluster.leader(), "t", "again"))
                .isZero();
        ClusterScenario.untilAllRead(cluster, "t", List.of("again"));
    }

    @Test
    void topicThatDemandsAllThree_isRefusedWithoutOne_whileOthersGoOn() {
        cluster.createLive("two");
        cluster.create("three", TopicConfig.DEFAULT.withReplication(true, 3));
        SimulatedNode leader = cluster.leader();
        cluster.append(leader, "three", "x");
        cluster.follower().kill();
        cluster.awaitInSync(2);
        assertThat(ClusterScenario.failure(cluster, cluster.send(leader, "three", "y")))
                .isInstanceOf(ClusterException.NotEnoughReplicas.class);
        assertThat(cluster.append(leader, "two", "z")).isZero();
    }

    /** R13: what waits too long is UNKNOWN, and may be committed later. */
    @Test
    void appendThatIsNotCommittedInTime_isUnknown() {
        cluster.createLive("t");
        SimulatedNode leader = cluster.leader();
        for (SimulatedNode other : ClusterScenario.others(cluster, leader)) {
            cluster.network().cutOneWay(other.address(), leader.address());
        }
        var sent = cluster.send(leader, "t", "x");
        Throwable failure = ClusterScenario.failure(cluster, sent);
        assertThat(ClusterScenario.outcome(failure)).isEqualTo(Outcome.UNKNOWN);
        cluster.network().healAll();
        cluster.awaitInSync(3);
        ClusterScenario.append(cluster, cluster.leader(), "t", "y");
        assertThat(SimulatedCluster.read(cluster.leader(), "t")).endsWith("y");
    }

    /** R14, KIP-207: a new leader does not know yet what was committed, and says so. */
    @Test
    void newLeader_answersNoLinearizableReadBeforeItsEpochsStartIsCommitted() {
        cluster.createLive("t");
        SimulatedNode first = cluster.leader();
        cluster.append(first, "t", "committed");
        for (SimulatedNode other : ClusterScenario.others(cluster, first)) {
            cluster.network().cutOneWay(other.address(), first.address());
        }
        var pending = cluster.send(first, "t", "may be committed");
        cluster.run(Duration.ofMillis(500));
        first.kill();
        assertThat(pending).isNotDone();
        cluster.network().healAll();
        SimulatedNode second = ClusterScenario.otherLeader(cluster, first);
        SimulatedNode third = ClusterScenario.others(cluster, first, second).get(0);
        third.kill();
        cluster.run(Duration.ofMillis(20));
        boolean early = second.log("t").highWatermark().orElse(0) < 2;
        if (early) {
            var read = second.node().readIndex(second.log("t"));
            assertThat(ClusterScenario.failure(cluster, read))
                    .isInstanceOf(ClusterException.NotCaughtUp.class);
        }
        first.start();
        third.start();
        cluster.awaitInSync(3);
        SimulatedNode last = cluster.leader();
        cluster.run(Duration.ofSeconds(1));
        assertThat(cluster.await(last.node().readIndex(last.log("t")))).isEqualTo(2);
        ClusterScenario.untilAllRead(cluster, "t", List.of("committed", "may be committed"));
    }
}
