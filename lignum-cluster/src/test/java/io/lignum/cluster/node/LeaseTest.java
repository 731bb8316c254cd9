package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.AppendResult;
import io.lignum.cluster.ClusterStatus;
import io.lignum.cluster.coordinator.Entry;
import io.lignum.cluster.internal.state.SessionFile;
import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;
import io.lignum.storage.Outcome;
import io.lignum.storage.TopicConfig;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * R3, R4 and R5: how long a leader may believe in itself, and what it does when it is proved wrong.
 */
final class LeaseTest {

    private final SimulatedCluster cluster = new SimulatedCluster(ClusterScenario.SEED, 3).start();

    @Test
    void sessionLost_endsTheLead_andPendingAppendsAreUnknown() {
        cluster.createLive("t");
        SimulatedNode old = cluster.leader();
        cluster.network().isolate(old.address());
        var pending = cluster.send(old, "t", "pending");
        cluster.coordinator().cut(old.id());
        ClusterScenario.otherLeader(cluster, old);
        assertThat(old.node().status().role()).isEqualTo(ClusterStatus.Role.LEADER);
        cluster.coordinator().heal(old.id());
        cluster.run(Duration.ofSeconds(5));
        assertThat(old.node().status().role()).isNotEqualTo(ClusterStatus.Role.LEADER);
        assertThat(ClusterScenario.outcome(pending)).isEqualTo(Outcome.UNKNOWN);
    }

    @Test
    void pausedLeader_isReplacedWithinEightSeconds_andItsAppendsStandAtMostOnce() {
        cluster.createLive("t");
        SimulatedNode old = cluster.leader();
        List<CompletableFuture<AppendResult>> sent = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            sent.add(cluster.send(old, "t", "old " + i));
        }
        old.pause();
        cluster.until(
                Duration.ofSeconds(8),
                () -> ClusterScenario.leaderBut(cluster, old).isPresent());
        SimulatedNode second = ClusterScenario.leaderBut(cluster, old).orElseThrow();
        ClusterScenario.append(cluster, second, "t", "new");
        old.resume();
        cluster.awaitInSync(3);
        cluster.run(Duration.ofSeconds(35));
        List<String> texts = SimulatedCluster.read(second, "t");
        assertThat(texts).doesNotHaveDuplicates().contains("new");
        for (int i = 0; i < sent.size(); i++) {
            if (!sent.get(i).isCompletedExceptionally()) {
                assertThat(texts.get(Math.toIntExact(sent.get(i).join().firstOffset())))
                        .isEqualTo("old " + i);
            } else if (ClusterScenario.outcome(sent.get(i)) == Outcome.NOT_APPLIED) {
                assertThat(texts).doesNotContain("old " + i);
            }
        }
        ClusterScenario.untilAllRead(cluster, "t", texts);
    }

    @Test
    void coordinatorThatElects_stopsWalAppendsAndNotLiveOnes() {
        cluster.createLive("live");
        cluster.create("wal", TopicConfig.DEFAULT);
        SimulatedNode leader = cluster.leader();
        cluster.append(leader, "wal", "before");
        cluster.coordinator().elect(Duration.ofSeconds(6));
        cluster.run(Duration.ofSeconds(4));
        var wal = cluster.send(leader, "wal", "during");
        assertThat(ClusterScenario.outcome(wal)).isEqualTo(Outcome.NOT_APPLIED);
        assertThat(cluster.append(leader, "live", "during")).isZero();
        cluster.run(Duration.ofSeconds(10));
        SimulatedNode next =
                cluster.leader(); // The same, or another: six seconds may cost the session.
        assertThat(SimulatedCluster.read(next, "live")).containsExactly("during");
        assertThat(ClusterScenario.append(cluster, next, "wal", "after")).isEqualTo(1);
    }

    @Test
    void clocksThatGoApart_voidTheBelief() {
        cluster.create("wal", TopicConfig.DEFAULT);
        SimulatedNode leader = cluster.leader();
        cluster.append(leader, "wal", "believed");
        cluster.coordinator().cut(leader.id());
        cluster.run(Duration.ofMillis(200));
        cluster.append(leader, "wal", "believed still");
        cluster.time().jumpWall(Duration.ofSeconds(2));
        cluster.run(Duration.ofMillis(1100));
        assertThat(ClusterScenario.outcome(cluster.send(leader, "wal", "no more")))
                .isEqualTo(Outcome.NOT_APPLIED);
    }

    @Test
    void crashedLeader_isReplacedWithinFourSeconds() {
        SimulatedNode old = cluster.leader();
        old.kill();
        cluster.until(
                Duration.ofSeconds(4),
                () -> ClusterScenario.leaderBut(cluster, old).isPresent());
    }

    private static final String LOCK = "service/lignum/key/master";

    private Optional<String> holder() {
        return cluster.coordinator().entry(LOCK).flatMap(Entry::session);
    }

    /** R3: a process that starts on a directory knows that the previous one is dead. */
    @Test
    void processThatBegins_endsTheSessionOfTheOneBefore() {
        SimulatedNode leader = cluster.leader();
        String session = holder().orElseThrow();
        leader.kill();
        leader.start(); // So soon that no check has failed.
        cluster.run(Duration.ofMillis(100));
        assertThat(cluster.coordinator().alive(session)).isFalse();
        cluster.until(Duration.ofSeconds(4), () -> cluster.findLeader().isPresent());
    }

    @Test
    void fileThatHoldsNoSession_isPassedOver() throws IOException {
        SimulatedNode node = cluster.follower();
        node.kill();
        node.disk().put(SimulatedNode.DIRECTORY.resolve(SessionFile.NAME), new byte[7]);
        node.start();
        cluster.awaitInSync(3);
    }

    @Test
    void nodeThatStops_isDeregisteredBeforeItHasStopped() {
        SimulatedNode node = cluster.follower();
        String key = "service/lignum/key/lignum/live/" + node.id();
        assertThat(cluster.coordinator().entry(key).flatMap(Entry::session)).isPresent();
        cluster.await(node.node().stop());
        assertThat(cluster.coordinator().entry(key).flatMap(Entry::session)).isEmpty();
        assertThat(node.node().stop()).isCompleted();
    }
}
