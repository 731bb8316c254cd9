package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lignum.cluster.ClusterException;
import io.lignum.cluster.ClusterStatus;
import io.lignum.cluster.coordinator.Entry;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * R37 and V13: what was durable and is not as it was is never served or shipped, never led by a
 * node that has another choice, and fetched again from a node that has it.
 */
final class CorruptionTest {

    private static final String SEALED = "00000000000000000000.log";
    private static final String LOCK = "service/lignum/key/master";

    private SimulatedCluster cluster = new SimulatedCluster(ClusterScenario.SEED, 3);

    private void startAll() {
        cluster.start();
        cluster.createLive("t");
        cluster.create("wal", TopicConfig.DEFAULT);
    }

    private List<String> append(String topic, int count) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add("record " + i);
            ClusterScenario.append(cluster, cluster.leader(), topic, "record " + i);
        }
        return texts;
    }

    private static Path file(UUID topic, String name) {
        return SimulatedNode.DIRECTORY.resolve(topic.toString()).resolve(name);
    }

    /**
     * A node that does not run loses the last of a topic's bytes, which a checkpoint says are
     * durable.
     */
    private static void damage(SimulatedNode node, UUID topic) throws IOException {
        node.standalone(store -> {}); // Closes it, and so writes the checkpoint.
        Path active = node.disk().list(file(topic, "")).stream()
                .filter(name -> name.endsWith(".qwal"))
                .map(name -> file(topic, name))
                .findFirst()
                .orElseThrow();
        byte[] whole = node.disk().bytes(active);
        int end = whole.length;
        while (whole[end - 1] == 0) { // Some logs keep zeros ahead of what is appended.
            end--;
        }
        node.disk().put(active, Arrays.copyOf(whole, end - 3));
    }

    private static List<String> quarantined(SimulatedNode node, UUID topic) throws IOException {
        return node.disk().list(SimulatedNode.DIRECTORY.resolve("divergent/" + topic)).stream()
                .filter(name -> name.startsWith("quarantined-"))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"t", "wal", TopicCatalog.NAME})
    void damagedTopicOfAFollower_isFetchedAgain_byAnotherIncarnation(String topic)
            throws IOException {
        startAll();
        List<String> live = append("t", 5);
        List<String> wal = append("wal", 5);
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
        assertThat(quarantined(node, id)).containsExactly("quarantined-1");
        cluster.createLive("more");
        assertThat(node.node().failure()).isNotDone();
    }

    @Test
    void damagedTopicOfTheLeader_isNotLedByIt() throws IOException {
        startAll();
        List<String> texts = append("t", 5);
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
        assertThat(quarantined(old, id)).containsExactly("quarantined-1");
    }

    @Test
    void soleHolder_leadsWithoutWhatIsDamaged_andSaysSo() throws IOException {
        SimulatedNode node = cluster.node(1);
        node.start();
        cluster.awaitInSync(1);
        cluster.create("t", TopicConfig.DEFAULT.withReplication(true, 0).withSegmentMaxRecords(4));
        cluster.createLive("whole");
        append("t", 6);
        append("whole", 3);
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
        List<String> texts = append("t", 10);
        SimulatedNode node = cluster.follower();
        ClusterScenario.untilAllRead(cluster, "t", texts);
        var before = ClusterScenario.identity(node).self();
        node.disk().flipBit(file(node.log("t").id(), SEALED), 100, 0);
        assertThatThrownBy(() -> SimulatedCluster.read(node, "t"))
                .isInstanceOf(StorageException.CorruptLog.class);
        cluster.until(
                Duration.ofSeconds(20),
                () -> !ClusterScenario.identity(node).self().equals(before)
                        && ClusterScenario.state(cluster)
                                .hasInSync(ClusterScenario.identity(node).self()));
        ClusterScenario.untilAllRead(cluster, "t", texts);
    }

    private static StorageException.CorruptLog damageMetBy(SimulatedNode node, String topic) {
        return catchThrowableOfType(
                StorageException.CorruptLog.class, () -> SimulatedCluster.read(node, topic));
    }

    private static void assertToldToTryAgain(SimulatedNode node, StorageException failure) {
        assertToldToTryAgain(node, failure, 0);
    }

    private static void assertToldToTryAgain(
            SimulatedNode node, StorageException failure, long from) {
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
    void readersOfACopyThatIsLookedAtAgainAndFetchedAgain_areToldToTryAgain() {
        cluster.start();
        cluster.create("t", TopicConfig.DEFAULT.withReplication(true, 0).withSegmentMaxRecords(4));
        List<String> texts = append("t", 10);
        SimulatedNode node = cluster.follower();
        ClusterScenario.untilAllRead(cluster, "t", texts);
        var before = ClusterScenario.identity(node).self();
        LogCursor open = node.log("t").cursor(8);
        node.disk().flipBit(file(node.log("t").id(), SEALED), 100, 0);
        assertToldToTryAgain(node, damageMetBy(node, "t"));
        cluster.until(Duration.ofSeconds(20), () -> {
            assertThat(node.store().findTopic("t")).isPresent();
            return !ClusterScenario.identity(node).self().equals(before);
        });
        cluster.until(Duration.ofSeconds(20), () -> {
            assertThat(node.store().findTopic("t")).isPresent();
            return node.log("t").readableEndOffset() == 0;
        });
        assertToldToTryAgain(
                node, catchThrowableOfType(StorageException.Replaced.class, open::next));
        assertToldToTryAgain(
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
        List<String> texts = append("t", 10);
        ClusterScenario.untilAllRead(cluster, "t", texts);
        SimulatedNode leader = cluster.leader();
        int epoch = leader.node().status().epoch();
        for (SimulatedNode node : List.of(leader, cluster.follower())) {
            var before = ClusterScenario.identity(node).self();
            Path sealed = file(node.log("t").id(), SEALED);
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

    /** Between the election and the first act as a leader; another in-sync replica has it whole. */
    @Test
    void damageFoundWhileANodeIsElected_isNotLedByIt() {
        cluster.start();
        cluster.create("t", TopicConfig.DEFAULT.withReplication(true, 0).withSegmentMaxRecords(4));
        List<String> texts = append("t", 10);
        SimulatedNode old = cluster.leader();
        SimulatedNode node = cluster.follower();
        SimulatedNode whole = ClusterScenario.others(cluster, old, node).get(0);
        ClusterScenario.untilAllRead(cluster, "t", texts);
        node.disk().flipBit(file(node.log("t").id(), SEALED), 100, 0);
        cluster.coordinator().cut(whole.id());
        node.slowDisk(true);
        old.kill();
        cluster.until(
                Duration.ofSeconds(60),
                () -> ClusterScenario.state(cluster)
                        .leader()
                        .filter(leader -> leader.member().nodeId().equals(node.id()))
                        .isPresent());
        assertThat(node.node().status().role()).isNotEqualTo(ClusterStatus.Role.LEADER);
        assertThatThrownBy(() -> SimulatedCluster.read(node, "t"))
                .isInstanceOf(StorageException.CorruptLog.class);
        cluster.run(Duration.ofSeconds(20));
        assertThat(cluster.findLeader()).isEmpty();
        cluster.coordinator().heal(whole.id());
        assertThat(cluster.leader()).isSameAs(whole);
        old.start();
        cluster.awaitInSync(3);
        ClusterScenario.untilAllRead(cluster, "t", texts);
    }

    /**
     * A stale answer of the coordinator makes it think that there is a leader to fetch it from
     * while it stands.
     */
    @Test
    void nodeThatFetchesAgainWhileItStands_isNotElected() {
        for (int delay = 0; delay < 600; delay += 30) {
            SimulatedCluster one = new SimulatedCluster(ClusterScenario.SEED + delay, 3).start();
            StateWrites writes = new StateWrites();
            one.coordinator().observe(writes::applied);
            one.create("t", TopicConfig.DEFAULT.withReplication(true, 0).withSegmentMaxRecords(4));
            for (int i = 0; i < 10; i++) {
                ClusterScenario.append(one, one.leader(), "t", "record " + i);
            }
            SimulatedNode old = one.leader();
            SimulatedNode node = one.follower();
            SimulatedNode third = ClusterScenario.others(one, old, node).get(0);
            ClusterScenario.untilAllRead(one, "t", SimulatedCluster.read(old, "t"));
            List<String> texts = SimulatedCluster.read(old, "t");
            node.disk().flipBit(file(node.log("t").id(), SEALED), 100, 0);
            one.coordinator().mark();
            one.network().isolate(third.address());
            one.coordinator().cut(third.id());
            old.kill();
            one.until(
                    Duration.ofSeconds(30),
                    () -> one.coordinator().entry(LOCK).flatMap(Entry::session).isEmpty());
            one.run(Duration.ofMillis(delay));
            assertThatThrownBy(() -> SimulatedCluster.read(node, "t"))
                    .isInstanceOf(StorageException.CorruptLog.class);
            one.coordinator().lag(node.id());
            one.run(Duration.ofSeconds(20));
            writes.assertNone();
            one.coordinator().heal(node.id());
            one.coordinator().heal(third.id());
            one.network().healAll();
            old.start();
            one.awaitInSync(3);
            writes.assertNone();
            ClusterScenario.untilAllRead(one, "t", texts);
        }
    }

    /** Between hearing of a leader and following it. */
    @Test
    void damageFoundWhileANodeTurnsToALeader_isFetchedAgain() {
        cluster.start();
        cluster.create("t", TopicConfig.DEFAULT.withReplication(true, 0).withSegmentMaxRecords(4));
        List<String> texts = append("t", 10);
        SimulatedNode old = cluster.leader();
        SimulatedNode node = cluster.follower();
        SimulatedNode next = ClusterScenario.others(cluster, old, node).get(0);
        ClusterScenario.untilAllRead(cluster, "t", texts);
        var before = ClusterScenario.identity(node).self();
        node.disk().flipBit(file(node.log("t").id(), SEALED), 100, 0);
        node.slowDisk(true);
        cluster.await(old.node().transferLeadership(Optional.of(next.id())));
        cluster.until(
                Duration.ofSeconds(10),
                () -> next.node().status().role() == ClusterStatus.Role.LEADER);
        assertThatThrownBy(() -> SimulatedCluster.read(node, "t"))
                .isInstanceOf(StorageException.CorruptLog.class);
        cluster.until(
                Duration.ofSeconds(30),
                () -> !ClusterScenario.identity(node).self().equals(before)
                        && ClusterScenario.state(cluster)
                                .hasInSync(ClusterScenario.identity(node).self()));
        ClusterScenario.untilAllRead(cluster, "t", texts);
    }

    /**
     * The damage is found during replication: a node with an intact copy takes over, and the old
     * leader fetches the topic.
     */
    @Test
    void sealedSegmentOfTheLeaderThatIsDamaged_movesTheLead() {
        cluster.start();
        cluster.create("t", TopicConfig.DEFAULT.withReplication(true, 0).withSegmentMaxRecords(4));
        List<String> texts = append("t", 10);
        SimulatedNode old = cluster.leader();
        SimulatedNode empty = cluster.follower();
        UUID id = old.log("t").id();
        empty.kill();
        empty.loseDisk();
        cluster.awaitInSync(2);
        old.disk().flipBit(file(id, SEALED), 100, 0);
        empty.start();
        SimulatedNode second = ClusterScenario.otherLeader(cluster, old);
        assertThat(second).isNotSameAs(empty);
        cluster.awaitInSync(3);
        ClusterScenario.untilAllRead(cluster, "t", texts);
        assertThat(old.node().failure()).isNotDone();
    }

    /**
     * Nothing was promised to the others of a wal topic; they get what it has more while it still
     * leads.
     */
    @Test
    void sealedSegmentOfAWalLeaderThatIsDamaged_movesTheLead_afterItsTailWasShipped() {
        cluster.start();
        cluster.create("w", TopicConfig.DEFAULT.withSegmentMaxRecords(4));
        List<String> texts = append("w", 10);
        SimulatedNode old = cluster.leader();
        ClusterScenario.untilAllRead(cluster, "w", texts);
        texts.add("not shipped yet");
        ClusterScenario.append(cluster, old, "w", "not shipped yet");
        old.disk().flipBit(file(old.log("w").id(), SEALED), 100, 0);
        assertThatThrownBy(() -> SimulatedCluster.read(old, "w"))
                .isInstanceOf(StorageException.CorruptLog.class);
        ClusterScenario.otherLeader(cluster, old);
        cluster.awaitInSync(3);
        ClusterScenario.untilAllRead(cluster, "w", texts);
        assertThat(old.node().failure()).isNotDone();
    }

    /** No other node can lead, so the leader keeps the lead until one can. */
    @Test
    void damageWhileTheCoordinatorIsAway_doesNotEndTheLead_untilItIsBack() {
        cluster.start();
        cluster.create("w", TopicConfig.DEFAULT.withSegmentMaxRecords(4));
        cluster.createLive("whole");
        List<String> texts = append("w", 10);
        SimulatedNode old = cluster.leader();
        ClusterScenario.untilAllRead(cluster, "w", texts);
        cluster.coordinator().elect(Duration.ofSeconds(30));
        cluster.run(Duration.ofSeconds(10));
        old.disk().flipBit(file(old.log("w").id(), SEALED), 100, 0);
        assertThatThrownBy(() -> SimulatedCluster.read(old, "w"))
                .isInstanceOf(StorageException.CorruptLog.class);
        cluster.run(Duration.ofSeconds(10));
        assertThat(cluster.leader()).isSameAs(old);
        assertThat(ClusterScenario.failure(
                        cluster, cluster.send(old, "w", "another is about to lead")))
                .isInstanceOf(ClusterException.NotLeader.class);
        assertThat(cluster.append(old, "whole", "goes on")).isZero();
        ClusterScenario.otherLeader(cluster, old);
        cluster.awaitInSync(3);
        ClusterScenario.untilAllRead(cluster, "w", texts);
    }

    /** What cannot be shipped is kept, as when a leader crashes. */
    @Test
    void walTopicThatIsDamagedBeforeItWasShipped_doesNotKeepItsLeader() throws IOException {
        cluster.start();
        cluster.create("w", TopicConfig.DEFAULT.withSegmentMaxRecords(4));
        SimulatedNode old = cluster.leader();
        UUID id = old.log("w").id();
        append("w", 10);
        old.disk().flipBit(file(id, SEALED), 100, 0);
        assertThatThrownBy(() -> SimulatedCluster.read(old, "w"))
                .isInstanceOf(StorageException.CorruptLog.class);
        SimulatedNode next = ClusterScenario.otherLeader(cluster, old);
        cluster.awaitInSync(3);
        ClusterScenario.append(cluster, next, "w", "goes on");
        ClusterScenario.untilAllRead(cluster, "w", SimulatedCluster.read(next, "w"));
        assertThat(quarantined(old, id)).containsExactly("quarantined-1");
    }

    /**
     * The same without another: it leads on without the topic, until one that is in sync is back.
     */
    @Test
    void sealedSegmentOfALonelyLeader_isNotShipped_untilAnotherReplicaIsBack() {
        cluster.start();
        cluster.create("t", TopicConfig.DEFAULT.withReplication(true, 0).withSegmentMaxRecords(4));
        List<String> texts = append("t", 10);
        SimulatedNode old = cluster.leader();
        SimulatedNode empty = cluster.follower();
        SimulatedNode whole = ClusterScenario.others(cluster, old, empty).get(0);
        empty.kill();
        empty.loseDisk();
        cluster.awaitInSync(2);
        whole.kill();
        old.disk().flipBit(file(old.log("t").id(), SEALED), 100, 0);
        empty.start();
        cluster.run(Duration.ofSeconds(20));
        assertThat(cluster.leader()).isSameAs(old);
        assertThat(ClusterScenario.failure(cluster, cluster.send(old, "t", "not here")))
                .isInstanceOf(StorageException.CorruptLog.class);
        StorageException.CorruptLog damage = damageMetBy(old, "t");
        assertThat(old.node().readError("t", 0, damage)).isSameAs(damage); // The last word.
        whole.start();
        assertThat(ClusterScenario.otherLeader(cluster, old)).isSameAs(whole);
        cluster.awaitInSync(3);
        ClusterScenario.untilAllRead(cluster, "t", texts);
    }
}
