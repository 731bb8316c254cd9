package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;
import io.lignum.storage.TopicConfig;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Live topics on a simulated cluster. */
final class LiveReplicationTest {

    private static final long SEED = Long.getLong("lignum.seed", 20261125);

    private final SimulatedCluster cluster = new SimulatedCluster(SEED, 3).start();

    @Test
    void acknowledgedRecord_isReadOnEveryNode() {
        cluster.createLive("t");
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            sent.add("record " + i);
            assertThat(cluster.append(cluster.node(1 + i % 3), "t", "record " + i))
                    .isEqualTo(i);
        }
        for (SimulatedNode node : cluster.nodes()) {
            cluster.until(
                    Duration.ofSeconds(1),
                    () -> SimulatedCluster.read(node, "t").size() == 20);
            assertThat(SimulatedCluster.read(node, "t")).isEqualTo(sent);
        }
    }

    @Test
    void leaderKilled_anotherLeadsWithAllThatWasAcknowledged() {
        cluster.createLive("t");
        SimulatedNode first = cluster.leader();
        cluster.append(first, "t", "before");
        first.kill();
        cluster.until(
                Duration.ofSeconds(10),
                () -> cluster.findLeader().filter(leader -> leader != first).isPresent());
        SimulatedNode second = cluster.leader();
        assertThat(ClusterScenario.append(cluster, second, "t", "after")).isEqualTo(1);
        assertThat(SimulatedCluster.read(second, "t")).containsExactly("before", "after");
        first.start();
        cluster.awaitInSync(3);
        cluster.until(
                Duration.ofSeconds(1), () -> SimulatedCluster.read(first, "t").size() == 2);
    }

    /** R14: the high watermark begins again when a topic becomes live again. */
    @Test
    void topicThatBecomesLiveAgain_isReadToItsEndOnAFollowerThatHadCaughtUp() {
        cluster.createLive("t");
        SimulatedNode leader = cluster.leader();
        SimulatedNode away = cluster.follower();
        away.kill();
        cluster.awaitInSync(2);
        for (int i = 0; i < 5; i++) {
            cluster.append(leader, "t", "record " + i);
        }
        away.start();
        cluster.awaitInSync(3);
        cluster.await(leader.node().alterTopic("t", TopicConfig.DEFAULT));
        cluster.run(Duration.ofSeconds(5));
        cluster.await(leader.node().alterTopic("t", TopicConfig.DEFAULT.withReplication(true, 0)));
        for (SimulatedNode node : cluster.nodes()) {
            cluster.until(
                    Duration.ofSeconds(5),
                    () -> SimulatedCluster.read(node, "t").size() == 5);
        }
    }

    /** R39. */
    @Test
    void followerWithAFullDisk_isAnAlarmThatSaysSo_untilThereIsSpace() {
        cluster.createLive("t");
        SimulatedNode full = cluster.follower();
        full.fillDisk(true);
        for (int i = 0; i < 5; i++) {
            ClusterScenario.append(cluster, cluster.leader(), "t", "record " + i);
        }
        cluster.until(
                Duration.ofSeconds(30),
                () -> cluster.leader().node().status().alarms().stream()
                        .anyMatch(text -> text.contains(full.id())
                                && text.contains("made no progress")
                                && text.contains("bytes free")));
        full.fillDisk(false);
        cluster.awaitInSync(3);
        cluster.until(
                Duration.ofSeconds(5),
                () -> cluster.leader().node().status().alarms().isEmpty());
    }
}
