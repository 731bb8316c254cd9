package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.peer.Member;
import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** R16, R17 and R18: who is in sync. */
final class InSyncTest {

    private final SimulatedCluster cluster = new SimulatedCluster(ClusterScenario.SEED, 3).start();

    private List<String> fill(String topic, int records) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < records; i++) {
            texts.add("record " + i);
            cluster.append(cluster.leader(), topic, "record " + i);
        }
        return texts;
    }

    @Test
    void deadFollower_isRemovedSoon_andAddedWhenItIsBack() {
        cluster.createLive("t");
        SimulatedNode away = cluster.follower();
        away.kill();
        cluster.awaitInSync(2);
        assertThat(ClusterScenario.inSync(cluster)).doesNotContain(away.id());
        List<String> texts = fill("t", 10);
        away.start();
        cluster.awaitInSync(3);
        ClusterScenario.untilAllRead(cluster, "t", texts);
    }

    @Test
    void lastMembers_stayEvenWhenTheyAreDead() {
        cluster.createLive("t");
        SimulatedNode leader = cluster.leader();
        ClusterScenario.others(cluster, leader).forEach(SimulatedNode::kill);
        cluster.run(Duration.ofSeconds(60));
        assertThat(ClusterScenario.state(cluster).isr()).hasSize(2);
        assertThat(ClusterScenario.state(cluster).minIsr()).isEqualTo(2);
    }

    @Test
    void lostDisk_isSwappedForItsNewIncarnation() {
        cluster.createLive("t");
        List<String> texts = fill("t", 20);
        SimulatedNode node = cluster.follower();
        Member before = ClusterScenario.identity(node).self();
        node.kill();
        node.loseDisk();
        node.start();
        cluster.until(
                Duration.ofSeconds(60),
                () -> ClusterScenario.state(cluster).isr().stream()
                        .anyMatch(member ->
                                member.nodeId().equals(node.id()) && !member.equals(before)));
        assertThat(ClusterScenario.state(cluster).isr()).hasSize(3).doesNotContain(before);
        ClusterScenario.untilAllRead(cluster, "t", texts);
    }

    /**
     * The listed pair of a node that lost its disk is not elected, even if no other node runs.
     */
    @Test
    void nodeWithoutItsData_isNotElected() {
        cluster.createLive("t");
        List<String> texts = fill("t", 5);
        SimulatedNode leader = cluster.leader();
        List<SimulatedNode> others = ClusterScenario.others(cluster, leader);
        cluster.nodes().forEach(SimulatedNode::kill);
        others.get(0).loseDisk();
        others.get(0).start();
        cluster.run(Duration.ofSeconds(60));
        assertThat(cluster.findLeader()).isEmpty();
        leader.start();
        others.get(1).start();
        cluster.awaitInSync(3);
        ClusterScenario.untilAllRead(cluster, "t", texts);
    }

    @Test
    void tailThatWasAcknowledgedAndIsLost_isFoundOut_andTheNodeBecomesAnother() {
        cluster.createLive("t");
        List<String> texts = fill("t", 10);
        SimulatedNode leader = cluster.leader();
        SimulatedNode node = cluster.follower();
        Member before = ClusterScenario.identity(node).self();
        node.kill();
        node.standalone(store -> {
            var log = store.topic("t");
            log.resetHighWatermark(OptionalLong.of(4));
            log.truncate(4);
        });
        node.start();
        cluster.until(
                Duration.ofSeconds(60),
                () -> ClusterScenario.state(cluster).isr().size() == 3
                        && !ClusterScenario.state(cluster).hasInSync(before));
        assertThat(cluster.leader()).isSameAs(leader);
        assertThat(ClusterScenario.identity(node).self()).isNotEqualTo(before);
        cluster.run(Duration.ofSeconds(1));
        assertThat(leader.node().status().alarms()).anyMatch(alarm -> alarm.contains("lost data"));
        ClusterScenario.untilAllRead(cluster, "t", texts);
    }

    /** R18: behind in one live topic is behind in all. */
    @Test
    void followerThatLacksOneTopic_isNotInSync() {
        cluster.createLive("t");
        SimulatedNode node = cluster.follower();
        node.kill();
        cluster.awaitInSync(2);
        cluster.await(cluster.leader()
                .node()
                .createTopic("u", io.lignum.storage.TopicConfig.DEFAULT.withReplication(true, 0)));
        List<String> texts = fill("u", 10);
        node.start();
        cluster.awaitInSync(3);
        assertThat(node.log("u").flushedOffset()).isGreaterThanOrEqualTo(10);
        ClusterScenario.untilAllRead(cluster, "u", texts);
    }
}
