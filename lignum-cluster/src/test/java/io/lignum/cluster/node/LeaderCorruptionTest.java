package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.cluster.ClusterException;
import io.lignum.cluster.ClusterStatus;
import io.lignum.cluster.coordinator.Entry;
import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicConfig;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * R37: a node does not lead a damaged topic while another in-sync replica can, whether the damage
 * is found before, during or after its election.
 */
final class LeaderCorruptionTest {

    private static final String LOCK = "service/lignum/key/master";

    private final SimulatedCluster cluster = new SimulatedCluster(ClusterScenario.SEED, 3).start();

    /** Between the election and the first act as a leader; another in-sync replica has it whole. */
    @Test
    void damageFoundWhileANodeIsElected_isNotLedByIt() {
        cluster.create("t", TopicConfig.DEFAULT.withReplication(true, 0).withSegmentMaxRecords(4));
        List<String> texts = ClusterScenario.append(cluster, "t", 10);
        SimulatedNode old = cluster.leader();
        SimulatedNode node = cluster.follower();
        SimulatedNode whole = ClusterScenario.others(cluster, old, node).get(0);
        ClusterScenario.untilAllRead(cluster, "t", texts);
        node.disk().flipBit(Damage.file(node.log("t").id(), Damage.SEALED), 100, 0);
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
            node.disk().flipBit(Damage.file(node.log("t").id(), Damage.SEALED), 100, 0);
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
        cluster.create("t", TopicConfig.DEFAULT.withReplication(true, 0).withSegmentMaxRecords(4));
        List<String> texts = ClusterScenario.append(cluster, "t", 10);
        SimulatedNode old = cluster.leader();
        SimulatedNode node = cluster.follower();
        SimulatedNode next = ClusterScenario.others(cluster, old, node).get(0);
        ClusterScenario.untilAllRead(cluster, "t", texts);
        var before = ClusterScenario.identity(node).self();
        node.disk().flipBit(Damage.file(node.log("t").id(), Damage.SEALED), 100, 0);
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
        cluster.create("t", TopicConfig.DEFAULT.withReplication(true, 0).withSegmentMaxRecords(4));
        List<String> texts = ClusterScenario.append(cluster, "t", 10);
        SimulatedNode old = cluster.leader();
        SimulatedNode empty = cluster.follower();
        UUID id = old.log("t").id();
        empty.kill();
        empty.loseDisk();
        cluster.awaitInSync(2);
        old.disk().flipBit(Damage.file(id, Damage.SEALED), 100, 0);
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
        cluster.create("w", TopicConfig.DEFAULT.withSegmentMaxRecords(4));
        List<String> texts = ClusterScenario.append(cluster, "w", 10);
        SimulatedNode old = cluster.leader();
        ClusterScenario.untilAllRead(cluster, "w", texts);
        texts.add("not shipped yet");
        ClusterScenario.append(cluster, old, "w", "not shipped yet");
        old.disk().flipBit(Damage.file(old.log("w").id(), Damage.SEALED), 100, 0);
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
        cluster.create("w", TopicConfig.DEFAULT.withSegmentMaxRecords(4));
        cluster.createLive("whole");
        List<String> texts = ClusterScenario.append(cluster, "w", 10);
        SimulatedNode old = cluster.leader();
        ClusterScenario.untilAllRead(cluster, "w", texts);
        cluster.coordinator().elect(Duration.ofSeconds(30));
        cluster.run(Duration.ofSeconds(10));
        old.disk().flipBit(Damage.file(old.log("w").id(), Damage.SEALED), 100, 0);
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
        cluster.create("w", TopicConfig.DEFAULT.withSegmentMaxRecords(4));
        SimulatedNode old = cluster.leader();
        UUID id = old.log("w").id();
        ClusterScenario.append(cluster, "w", 10);
        old.disk().flipBit(Damage.file(id, Damage.SEALED), 100, 0);
        assertThatThrownBy(() -> SimulatedCluster.read(old, "w"))
                .isInstanceOf(StorageException.CorruptLog.class);
        SimulatedNode next = ClusterScenario.otherLeader(cluster, old);
        cluster.awaitInSync(3);
        ClusterScenario.append(cluster, next, "w", "goes on");
        ClusterScenario.untilAllRead(cluster, "w", SimulatedCluster.read(next, "w"));
        assertThat(Damage.quarantined(old, id)).containsExactly("quarantined-1");
    }

    /**
     * The same without another: it leads on without the topic, until one that is in sync is back.
     */
    @Test
    void sealedSegmentOfALonelyLeader_isNotShipped_untilAnotherReplicaIsBack() {
        cluster.create("t", TopicConfig.DEFAULT.withReplication(true, 0).withSegmentMaxRecords(4));
        List<String> texts = ClusterScenario.append(cluster, "t", 10);
        SimulatedNode old = cluster.leader();
        SimulatedNode empty = cluster.follower();
        SimulatedNode whole = ClusterScenario.others(cluster, old, empty).get(0);
        empty.kill();
        empty.loseDisk();
        cluster.awaitInSync(2);
        whole.kill();
        old.disk().flipBit(Damage.file(old.log("t").id(), Damage.SEALED), 100, 0);
        empty.start();
        cluster.run(Duration.ofSeconds(20));
        assertThat(cluster.leader()).isSameAs(old);
        assertThat(ClusterScenario.failure(cluster, cluster.send(old, "t", "not here")))
                .isInstanceOf(StorageException.CorruptLog.class);
        StorageException.CorruptLog damage = Damage.foundBy(old, "t");
        assertThat(old.node().readError("t", 0, damage)).isSameAs(damage); // The last word.
        whole.start();
        assertThat(ClusterScenario.otherLeader(cluster, old)).isSameAs(whole);
        cluster.awaitInSync(3);
        ClusterScenario.untilAllRead(cluster, "t", texts);
    }
}
