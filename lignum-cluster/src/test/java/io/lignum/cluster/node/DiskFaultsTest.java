package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicConfig;
import io.lignum.storage.sim.IoKind;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** R36: a failed disk ends its node; a full disk delays what needs space. */
final class DiskFaultsTest {

    private final SimulatedCluster cluster = new SimulatedCluster(ClusterScenario.SEED, 3).start();

    /** R36: after a failed fsync the node ends, and comes back as another one. */
    @Test
    void failedForce_endsTheNode_whichComesBackAsAnother() {
        cluster.createLive("t");
        cluster.append(cluster.leader(), "t", "first");
        SimulatedNode node = cluster.follower();
        var before = ClusterScenario.identity(node).self();
        node.disk().failAt(IoKind.FORCE, 1, new IOException("simulated"));
        var failure = node.node().failure();
        var sent = cluster.send(cluster.leader(), "t", "second");
        cluster.until(Duration.ofSeconds(20), failure::isDone);
        assertThat(failure.join()).isInstanceOf(StorageException.class);
        node.kill();
        assertThat(ClusterScenario.identity(node).self()).isNotEqualTo(before);
        node.start();
        cluster.awaitInSync(3);
        cluster.until(Duration.ofSeconds(20), sent::isDone);
        ClusterScenario.untilAllRead(cluster, "t", List.of("first", "second"));
        assertThat(ClusterScenario.state(cluster).hasInSync(before)).isFalse();
    }

    /** R2: who cannot remember the epoch must not act on it, and says so. */
    @Test
    void epochThatCannotBeKept_endsTheNode() {
        SimulatedNode first = cluster.leader();
        SimulatedNode node = cluster.follower();
        for (int i = 1; i <= 40; i++) {
            node.disk().failAt(IoKind.RENAME, i, new IOException("simulated"));
        }
        var failure = node.node().failure();
        first.kill();
        cluster.until(Duration.ofSeconds(40), failure::isDone);
        assertThat(failure.join()).isInstanceOf(IOException.class);
    }

    /**
     * A full disk is not a failed disk: the follower falls behind, and catches up when there is
     * space.
     */
    @Test
    void followerWhoseDiskIsFull_leavesTheSet_andComesBackWithSpace() {
        cluster.createLive("t");
        SimulatedNode node = cluster.follower();
        var before = ClusterScenario.identity(node).self();
        node.disk().limitCapacity(node.disk().usedBytes() + 300);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            texts.add("record " + i);
            ClusterScenario.append(cluster, cluster.leader(), "t", "record " + i);
        }
        assertThat(ClusterScenario.inSync(cluster)).doesNotContain(node.id());
        assertThat(node.node().failure()).isNotDone();
        node.disk().limitCapacity(Long.MAX_VALUE / 2);
        cluster.awaitInSync(3);
        assertThat(ClusterScenario.identity(node).self()).isEqualTo(before);
        ClusterScenario.untilAllRead(cluster, "t", texts);
    }

    /** R36: topics for which there is no space are fetched when there is; the incarnation stays. */
    @Test
    void topicThatThereIsNoSpaceFor_comesWhenThereIs() {
        cluster.createLive("t");
        SimulatedNode node = cluster.follower();
        var before = ClusterScenario.identity(node).self();
        node.disk().limitCapacity(node.disk().usedBytes() + 600);
        for (int i = 0; i < 4; i++) {
            cluster.await(cluster.leader().node().createTopic("more-" + i, TopicConfig.DEFAULT));
        }
        cluster.run(Duration.ofSeconds(5));
        assertThat(node.node().failure()).isNotDone();
        assertThat(node.store().findTopic("more-3")).isEmpty();
        node.disk().limitCapacity(Long.MAX_VALUE / 2);
        cluster.until(
                Duration.ofSeconds(20), () -> node.store().findTopic("more-3").isPresent());
        cluster.awaitInSync(3);
        assertThat(ClusterScenario.identity(node).self()).isEqualTo(before);
    }

    /** R36: two of three disks are full when the leader dies; all listed pairs stay electable. */
    @Test
    void epochThatThereIsNoSpaceFor_waits_andTheNodesAreTheSame() {
        cluster.createLive("t");
        cluster.append(cluster.leader(), "t", "committed");
        SimulatedNode old = cluster.leader();
        List<SimulatedNode> others = ClusterScenario.others(cluster, old);
        var before = others.stream()
                .map(node -> ClusterScenario.identity(node).self())
                .toList();
        others.forEach(node -> node.disk().limitCapacity(node.disk().usedBytes()));
        old.kill();
        cluster.run(Duration.ofSeconds(30));
        others.forEach(node -> {
            assertThat(node.node().failure()).isNotDone();
            node.disk().limitCapacity(Long.MAX_VALUE / 2);
        });
        ClusterScenario.append(cluster, ClusterScenario.otherLeader(cluster, old), "t", "more");
        assertThat(others.stream()
                        .map(node -> ClusterScenario.identity(node).self())
                        .toList())
                .isEqualTo(before);
    }
}
