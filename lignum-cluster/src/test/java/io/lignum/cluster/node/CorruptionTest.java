package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lignum.cluster.ClusterException;
import io.lignum.cluster.internal.topics.TopicCatalog;
import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;
import io.lignum.storage.LogCursor;
import io.lignum.storage.Outcome;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicConfig;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * R37 and V13: what was durable and is not as it was is never served or shipped, never led by a
 * node that has another choice, and fetched again from a node that has it.
 */
final class CorruptionTest {

    private SimulatedCluster cluster = new SimulatedCluster(ClusterScenario.SEED, 3);

    private void startAll() {
        cluster.start();
        cluster.createLive("t");
        cluster.create("wal", TopicConfig.DEFAULT);
    }

    /**
     * A node that does not run loses the last of a topic's bytes, which a checkpoint says are
     * durable.
     */
    private static void damage(SimulatedNode node, UUID topic) throws IOException {
        node.standalone(store -> {}); // Closes it, and so writes the checkpoint.
        Path active = node.disk().list(Damage.file(topic, "")).stream()
                .filter(name -> name.endsWith(".qwal"))
                .map(name -> Damage.file(topic, name))
                .findFirst()
                .orElseThrow();
        byte[] whole = node.disk().bytes(active);
        int end = whole.length;
        while (whole[end - 1] == 0) { // Some logs keep zeros ahead of what is appended.
            end--;
        }
        node.disk().put(active, Arrays.copyOf(whole, end - 3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"t", "wal", TopicCatalog.NAME})
    void damagedTopicOfAFollower_isFetchedAgain_byAnotherIncarnation(String topic)
            throws IOException {
        startAll();
        List<String> live = ClusterScenario.append(cluster, "t", 5);
        List<String> wal = ClusterScenario.append(cluster, "wal", 5);
        cluster.run(Duration.ofSeconds(6));
        SimulatedNode node = cluster.follower();
        var before = ClusterScenario.identity(node).self();
        UUID id = node.log(topic).id();
        node.kill();
        damage(node, id);
        node.start();
        cluster.until(
                Duration.ofSeconds(20),
                () -> !ClusterScenario.identity(node).self().equals(before)
                        && ClusterScenario.state(cluster)
                                .hasInSync(ClusterScenario.identity(node).self()));
        assertThat(ClusterScenario.state(cluster).hasInSync(before)).isFalse();
        ClusterScenario.untilAllRead(cluster, "t", live);
        ClusterScenario.untilAllRead(cluster, "wal", wal);
        assertThat(Damage.quarantined(node, id)).containsExactly("quarantined-1");
        cluster.createLive("more");
        assertThat(node.node().failure()).isNotDone();
    }

    @Test
    void damagedTopicOfTheLeader_isNotLedByIt() throws IOException {
        startAll();
        List<String> texts = ClusterScenario.append(cluster, "t", 5);
        SimulatedNode old = cluster.leader();
        UUID id = old.log("t").id();
        cluster.nodes().forEach(SimulatedNode::kill);
        damage(old, id);
        old.start();
        cluster.run(Duration.ofSeconds(30));
        assertThat(cluster.findLeader()).isEmpty();
        assertThat(old.node().failure()).isNotDone();
        assertThat(old.node().status().alarms()).anyMatch(alarm -> alarm.contains("damaged"));
        ClusterScenario.others(cluster, old).forEach(SimulatedNode::start);
        cluster.awaitInSync(3);
        ClusterScenario.untilAllRead(cluster, "t", texts);
        assertThat(Damage.quarantined(old, id)).containsExactly("quarantined-1");
    }

    @Test
    void soleHolder_leadsWithoutWhatIsDamaged_andSaysSo() throws IOException {
        SimulatedNode node = cluster.node(1);
        node.start();
        cluster.awaitInSync(1);
        cluster.create("t", TopicConfig.DEFAULT.withReplication(true, 0).withSegmentMaxRecords(4));
        cluster.createLive("whole");
        ClusterScenario.append(cluster, "t", 6);
        ClusterScenario.append(cluster, "whole", 3);
        UUID id = node.log("t").id();
        node.kill();
        damage(node, id);
        node.start();
        assertThat(ClusterScenario.append(cluster, cluster.leader(), "whole", "goes on"))
                .isEqualTo(3);
        var refused = ClusterScenario.failure(cluster, cluster.send(node, "t", "not here"));
        assertThat(refused).isInstanceOf(StorageException.CorruptLog.class);
        assertThat(ClusterScenario.outcome(refused)).isEqualTo(Outcome.NOT_APPLIED);
        assertThat(SimulatedCluster.read(node, "t"))
                .containsExactly("record 0", "record 1", "record 2", "record 3");
        assertThat(node.node().status().alarms()).anyMatch(alarm -> alarm.contains("topic t"));
        cluster.node(2).start();
        cluster.run(Duration.ofSeconds(30));
        assertThat(ClusterScenario.inSync(cluster)).containsExactly(node.id());
        cluster.await(node.node().deleteTopic("t"));
        cluster.awaitInSync(2);
    }

    /** A reader finds the damage, and the topic is fetched again before this copy is needed. */
    @Test
    void sealedSegmentOfAFollowerThatIsDamaged_isFoundByAReader_andFetchedAgain() {
        cluster.start();
        cluster.create("t", TopicConfig.DEFAULT.withReplication(true, 0).withSegmentMaxRecords(4));
        List<String> texts = ClusterScenario.append(cluster, "t", 10);
        SimulatedNode node = cluster.follower();
        ClusterScenario.untilAllRead(cluster, "t", texts);
        var before = ClusterScenario.identity(node).self();
        node.disk().flipBit(Damage.file(node.log("t").id(), Damage.SEALED), 100, 0);
        assertThatThrownBy(() -> SimulatedCluster.read(node, "t"))
                .isInstanceOf(StorageException.CorruptLog.class);
        cluster.until(
                Duration.ofSeconds(20),
                () -> !ClusterScenario.identity(node).self().equals(before)
                        && ClusterScenario.state(cluster)
                                .hasInSync(ClusterScenario.identity(node).self()));
        ClusterScenario.untilAllRead(cluster, "t", texts);
    }

    private static void assertRetriable(SimulatedNode node, StorageException failure) {
        assertRetriable(node, failure, 0);
    }

    private static void assertRetriable(SimulatedNode node, StorageException failure, long from) {
        assertThat(node.node().readError("t", from, failure))
                .isInstanceOfSatisfying(
                        ClusterException.NotCaughtUp.class,
                        error -> assertThat(error.outcome()).isEqualTo(Outcome.NOT_APPLIED));
    }

    /**
     * Not that the log is corrupt, and not that there is no such topic: both would be the last
     * word.
     */
    @Test
    void readersOfACopyThatIsLookedAtAgainAndFetchedAgain_getARetriableError() {
        cluster.start();
        cluster.create("t", TopicConfig.DEFAULT.withReplication(true, 0).withSegmentMaxRecords(4));
        List<String> texts = ClusterScenario.append(cluster, "t", 10);
        SimulatedNode node = cluster.follower();
        ClusterScenario.untilAllRead(cluster, "t", texts);
        var before = ClusterScenario.identity(node).self();
        LogCursor open = node.log("t").cursor(8);
        node.disk().flipBit(Damage.file(node.log("t").id(), Damage.SEALED), 100, 0);
        assertRetriable(node, Damage.foundBy(node, "t"));
        cluster.until(Duration.ofSeconds(20), () -> {
            assertThat(node.store().findTopic("t")).isPresent();
            return !ClusterScenario.identity(node).self().equals(before);
        });
        cluster.until(Duration.ofSeconds(20), () -> {
            assertThat(node.store().findTopic("t")).isPresent();
            return node.log("t").readableEndOffset() == 0;
        });
        assertRetriable(node, catchThrowableOfType(StorageException.Replaced.class, open::next));
        assertRetriable(
                node,
                catchThrowableOfType(
                        StorageException.OffsetOutOfRange.class,
                        () -> node.log("t").cursor(5)),
                5);
        open.close();
        ClusterScenario.untilAllRead(cluster, "t", texts);
    }

    /** R40: what one look finds and the next does not costs no copy, and no lead. */
    @Test
    void damageThatIsAbsentAtTheSecondLook_costsNoCopyAndNoLead() throws IOException {
        cluster.start();
        cluster.create("t", TopicConfig.DEFAULT.withReplication(true, 0).withSegmentMaxRecords(4));
        List<String> texts = ClusterScenario.append(cluster, "t", 10);
        ClusterScenario.untilAllRead(cluster, "t", texts);
        SimulatedNode leader = cluster.leader();
        int epoch = leader.node().status().epoch();
        for (SimulatedNode node : List.of(leader, cluster.follower())) {
            var before = ClusterScenario.identity(node).self();
            Path sealed = Damage.file(node.log("t").id(), Damage.SEALED);
            node.disk().flipBit(sealed, 100, 0);
            assertThatThrownBy(() -> SimulatedCluster.read(node, "t"))
                    .isInstanceOf(StorageException.CorruptLog.class);
            node.disk().flipBit(sealed, 100, 0);
            cluster.run(Duration.ofSeconds(20));
            assertThat(ClusterScenario.identity(node).self()).isEqualTo(before);
            assertThat(SimulatedCluster.read(node, "t")).isEqualTo(texts);
        }
        assertThat(cluster.leader()).isSameAs(leader);
        assertThat(leader.node().status().epoch()).isEqualTo(epoch);
        assertThat(ClusterScenario.append(cluster, leader, "t", "goes on")).isEqualTo(10);
    }
}
