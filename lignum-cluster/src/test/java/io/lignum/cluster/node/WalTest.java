package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.AppendResult;
import io.lignum.cluster.ClusterStatus;
import io.lignum.cluster.internal.topics.TopicCatalog;
import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;
import io.lignum.storage.Durability;
import io.lignum.storage.Outcome;
import io.lignum.storage.TopicConfig;
import io.lignum.storage.TopicLog;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** R26 to R31: topics that are acknowledged by the leader alone and shipped every so often. */
final class WalTest {

    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final SimulatedCluster cluster = new SimulatedCluster(ClusterScenario.SEED, 3).start();

    @ParameterizedTest
    @EnumSource(Durability.class)
    void records_areOnTheFollowersWithinTheInterval(Durability durability) {
        cluster.create("wal", TopicConfig.DEFAULT.withDurability(durability));
        cluster.run(Duration.ofSeconds(2));
        for (int round = 0; round < 3; round++) {
            cluster.append(cluster.leader(), "wal", "record " + round);
            cluster.run(INTERVAL.plusMillis(500));
            for (SimulatedNode node : cluster.nodes()) {
                assertThat(SimulatedCluster.read(node, "wal")).hasSize(round + 1);
            }
        }
    }

    @Test
    void acknowledged_doesNotWaitForFollowers() {
        cluster.create("wal", TopicConfig.DEFAULT);
        SimulatedNode leader = cluster.leader();
        ClusterScenario.others(cluster, leader).forEach(SimulatedNode::kill);
        assertThat(cluster.append(leader, "wal", "alone")).isZero();
    }

    @Test
    void crashedLeader_losesOnlyItsUnshippedTail_whichIsKeptAside() {
        cluster.create("wal", TopicConfig.DEFAULT);
        SimulatedNode old = cluster.leader();
        cluster.append(old, "wal", "shipped");
        cluster.until(
                INTERVAL.plusSeconds(1),
                () -> cluster.nodes().stream()
                        .allMatch(node -> node.log("wal").logEndOffset() == 1));
        cluster.append(old, "wal", "not shipped");
        byte[] tail = ClusterScenario.bytes(old.log("wal"), 1);
        old.kill();
        SimulatedNode second = ClusterScenario.otherLeader(cluster, old);
        assertThat(ClusterScenario.append(cluster, second, "wal", "the second's"))
                .isEqualTo(1);
        old.start();
        cluster.awaitInSync(3);
        ClusterScenario.untilAllRead(cluster, "wal", List.of("shipped", "the second's"));
        assertThat(ClusterScenario.sideFiles(old, old.log("wal").id())).containsExactly(tail);
    }

    @Test
    void newLeader_takesOverWhatOthersHaveMore() {
        cluster.create("wal", TopicConfig.DEFAULT);
        SimulatedNode old = cluster.leader();
        SimulatedNode further = cluster.follower();
        SimulatedNode next = ClusterScenario.others(cluster, old, further).get(0);
        cluster.network().cut(old.address(), next.address());
        for (int i = 0; i < 5; i++) {
            cluster.append(old, "wal", "record " + i);
        }
        cluster.until(INTERVAL.plusSeconds(1), () -> further.log("wal").logEndOffset() == 5);
        assertThat(next.log("wal").logEndOffset()).isZero();
        cluster.coordinator().cut(further.id());
        old.kill();
        assertThat(ClusterScenario.otherLeader(cluster, old)).isSameAs(next);
        assertThat(SimulatedCluster.read(next, "wal")).hasSize(5);
    }

    /** A full disk is no failed one (R36). */
    @Test
    void newLeaderWithoutSpaceForWhatOthersHave_leadsWithWhatItHas() {
        cluster.create("wal", TopicConfig.DEFAULT);
        SimulatedNode old = cluster.leader();
        SimulatedNode further = cluster.follower();
        SimulatedNode next = ClusterScenario.others(cluster, old, further).get(0);
        var incarnation = ClusterScenario.identity(next).self();
        cluster.network().cut(old.address(), next.address());
        cluster.append(old, "wal", "x".repeat(5_000));
        cluster.until(INTERVAL.plusSeconds(1), () -> further.log("wal").logEndOffset() == 1);
        cluster.coordinator().cut(further.id());
        next.disk().limitCapacity(next.disk().usedBytes() + 2_000); // Enough for its notes.
        old.kill();
        assertThat(ClusterScenario.otherLeader(cluster, old)).isSameAs(next);
        assertThat(next.node().failure()).isNotDone();
        assertThat(ClusterScenario.identity(next).self()).isEqualTo(incarnation);
    }

    /**
     * It asks where the logs part once it can force what it has; the stream need not be restarted
     * for that.
     */
    @Test
    void followerThatCannotForceForWantOfAFileHandle_goesOnOnceItCan() {
        cluster.create(
                "wal",
                TopicConfig.DEFAULT.withDurability(Durability.INTERVAL).withSegmentMaxRecords(4));
        cluster.run(Duration.ofSeconds(1));
        SimulatedNode follower = cluster.follower();
        for (int i = 0; i < 10; i++) {
            cluster.append(cluster.leader(), "wal", "record " + i);
        }
        while (follower.log("wal").logEndOffset() < 10) { // Its full segments are not sealed yet.
            cluster.time().step();
        }
        follower.disk().limitHandles(true);
        cluster.network().reset(follower.address());
        cluster.run(Duration.ofMillis(500));
        follower.disk().limitHandles(false);
        cluster.append(cluster.leader(), "wal", "later");
        cluster.until(INTERVAL.plusSeconds(2), () -> follower.log("wal").logEndOffset() == 11);
        assertThat(cluster.leader().node().status().alarms()).isEmpty();
    }

    /** V2: its disk hung until another led; what it asked for then is not its to take any more. */
    @Test
    void whatComesTooLateForAnElection_isNotTakenByAFollower() {
        cluster.create("wal", TopicConfig.DEFAULT);
        SimulatedNode old = cluster.leader();
        SimulatedNode hung = ClusterScenario.others(cluster, old).get(0);
        SimulatedNode third = ClusterScenario.others(cluster, old).get(1);
        cluster.append(old, "wal", "shipped");
        cluster.until(INTERVAL.plusSeconds(1), () -> hung.log("wal").logEndOffset() == 1);
        cluster.append(old, "wal", "not shipped");
        hung.hangDisk();
        third.pause();
        cluster.coordinator().cut(old.id());
        cluster.until(
                Duration.ofSeconds(60),
                () -> ClusterScenario.state(cluster)
                        .leader()
                        .filter(leader -> leader.member().nodeId().equals(hung.id()))
                        .isPresent());
        cluster.network().cut(third.address(), old.address());
        third.resume();
        cluster.until(
                Duration.ofSeconds(60),
                () -> third.node().status().role() == ClusterStatus.Role.LEADER);
        cluster.network().slow(old.address(), Duration.ofMillis(200));
        hung.unhangDisk();
        cluster.run(INTERVAL.plusSeconds(1));
        assertThat(hung.node().status().role()).isEqualTo(ClusterStatus.Role.FOLLOWER);
        assertThat(ClusterScenario.texts(third, "wal")).containsExactly("shipped");
        assertThat(ClusterScenario.texts(hung, "wal")).containsExactly("shipped");
    }

    /** Clients go on while the mode changes; what was acknowledged live survives the leader. */
    @Test
    void modeSwitchesWhileRunning_keepWhatWasAcknowledgedLive() {
        cluster.create("t", TopicConfig.DEFAULT);
        List<CompletableFuture<AppendResult>> sent = new ArrayList<>();
        List<Integer> whileLive = new ArrayList<>();
        SimulatedNode leader = cluster.leader();
        for (int i = 0; i < 300; i++) {
            sent.add(cluster.send(cluster.node(1 + i % 3), "t", "record " + i));
            cluster.run(Duration.ofMillis(10));
            if (i == 60 || i == 240) {
                cluster.await(leader.node()
                        .alterTopic("t", TopicConfig.DEFAULT.withReplication(true, 0)));
            } else if (i == 120) {
                cluster.await(leader.node().alterTopic("t", TopicConfig.DEFAULT));
            }
            if (i > 240) {
                whileLive.add(i);
            }
        }
        cluster.run(Duration.ofSeconds(1));
        for (int i = 0; i < sent.size(); i++) {
            assertThat(sent.get(i)).as("record %d", i).isDone();
        }
        leader.kill();
        SimulatedNode second = ClusterScenario.otherLeader(cluster, leader);
        leader.start();
        cluster.awaitInSync(3);
        cluster.run(INTERVAL.plusSeconds(1));
        List<String> texts = SimulatedCluster.read(second, "t");
        for (int i : whileLive) {
            assertThat(texts.get(Math.toIntExact(sent.get(i).join().firstOffset())))
                    .isEqualTo("record " + i);
        }
        assertThat(texts).doesNotHaveDuplicates();
        ClusterScenario.untilAllRead(cluster, "t", texts);
    }

    /** Who comes to be in sync after the change may lead next. */
    @ParameterizedTest
    @EnumSource(Durability.class)
    void topicThatIsWalNow_hasWhatWasCommittedBeforeOnEveryReplicaThatIsTakenInSync(
            Durability durability) {
        cluster.createLive("t");
        SimulatedNode old = cluster.leader();
        SimulatedNode third = cluster.follower();
        third.kill();
        third.loseDisk();
        cluster.until(
                Duration.ofSeconds(30), () -> ClusterScenario.inSync(cluster).size() == 2);
        List<String> committed = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            committed.add("record " + i);
            ClusterScenario.append(cluster, old, "t", "record " + i);
        }
        cluster.run(INTERVAL);
        cluster.await(old.node().alterTopic("t", TopicConfig.DEFAULT.withDurability(durability)));
        third.start();
        cluster.until(
                Duration.ofSeconds(8), () -> ClusterScenario.inSync(cluster).size() == 3);
        ClusterScenario.others(cluster, old, third).get(0).kill();
        old.kill();
        cluster.until(
                Duration.ofSeconds(30),
                () -> third.node().status().role() == ClusterStatus.Role.LEADER);
        assertThat(SimulatedCluster.read(third, "t")).isEqualTo(committed);
    }

    /**
     * What was acknowledged as live by one leader is not acknowledged as less by the next, who has
     * only just heard of it.
     */
    @Test
    void leaderThatHasNotCarriedOutThatATopicIsLive_takesNoAppendsToIt() {
        cluster.create("t", TopicConfig.DEFAULT);
        cluster.create("other", TopicConfig.DEFAULT);
        SimulatedNode old = cluster.leader();
        SimulatedNode next = cluster.follower();
        SimulatedNode third = ClusterScenario.others(cluster, old, next).get(0);
        var altered = old.node().alterTopic("t", TopicConfig.DEFAULT.withReplication(true, 0));
        TopicLog metadata = old.log(TopicCatalog.NAME);
        while (metadata.highWatermark().orElse(0) < 3) { // two created, one altered
            cluster.time().step();
        }
        cluster.network().isolate(next.address());
        cluster.await(altered);
        assertThat(next.log("t").config().live()).isFalse();
        cluster.coordinator().cut(third.id());
        cluster.network().isolate(third.address());
        old.kill();
        cluster.until(
                Duration.ofSeconds(60),
                () -> next.node().status().role() == ClusterStatus.Role.LEADER);
        assertThat(ClusterScenario.outcome(
                        ClusterScenario.failure(cluster, cluster.send(next, "t", "too early"))))
                .isEqualTo(Outcome.NOT_APPLIED);
        assertThat(ClusterScenario.append(cluster, next, "other", "as ever")).isZero();
        cluster.network().healAll();
        cluster.coordinator().heal(third.id());
        ClusterScenario.append(cluster, next, "t", "in time");
        assertThat(next.log("t").config().live()).isTrue();
        ClusterScenario.untilAllRead(cluster, "t", List.of("in time"));
    }

    /** R30 and R27: who was cut off for long gets everything, oldest first, sealed segments too. */
    @Test
    void followerThatWasAway_getsSealedSegmentsAndTheActiveOne() {
        cluster.create("wal", TopicConfig.DEFAULT.withSegmentMaxRecords(7));
        SimulatedNode away = cluster.follower();
        away.kill();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            texts.add("record " + i);
            cluster.append(cluster.leader(), "wal", "record " + i);
        }
        away.start();
        ClusterScenario.untilAllRead(cluster, "wal", texts);
        assertThat(new String(
                        ClusterScenario.bytes(away.log("wal"), 0), StandardCharsets.ISO_8859_1))
                .contains("record 49");
    }
}
