package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.ClusterException;
import io.lignum.cluster.ClusterStatus;
import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;
import io.lignum.storage.Outcome;
import io.lignum.storage.TopicConfig;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

/** An isolated leader redirects its clients; one that still hears from a replica keeps them. */
final class IsolationMonitorTest {

    /** The lease, or the longest accepted silence, and a moment to notice. */
    private static final Duration NOTICED = Duration.ofMillis(4_300);

    private final SimulatedCluster cluster = new SimulatedCluster(ClusterScenario.SEED, 3).start();
    private SimulatedNode leader;

    @BeforeEach
    void create() {
        cluster.createLive("live");
        cluster.create("wal", TopicConfig.DEFAULT);
        leader = cluster.leader();
        cluster.append(leader, "live", "first");
    }

    private void assertSentAway(String topic) {
        Throwable failure = ClusterScenario.failure(cluster.send(leader, topic, "sent away"));
        assertThat(failure).isInstanceOfSatisfying(ClusterException.NotLeader.class, refusal -> {
            assertThat(refusal.leader()).isEmpty();
            assertThat(refusal.outcome()).isEqualTo(Outcome.NOT_APPLIED);
        });
    }

    private void assertNamesItself() {
        assertThat(leader.node().status().leader()).contains(leader.id());
        assertThat(leader.node().leader().map(ClusterException.Leader::nodeId))
                .contains(leader.id());
    }

    @Test
    void isolatedLeader_endsWhatWaitsAndNamesNoLeader() {
        cluster.network().isolate(leader.address());
        cluster.coordinator().cut(leader.id());
        var pending = cluster.send(leader, "live", "pending");
        cluster.run(Duration.ofSeconds(2));
        assertThat(pending).isNotDone();
        assertNamesItself();
        cluster.run(NOTICED.minusSeconds(2));
        assertThat(ClusterScenario.failure(pending))
                .isInstanceOf(ClusterException.CommitUnknown.class);
        assertSentAway("live");
        assertSentAway("wal");
        assertSentAway("a new one");
        assertThat(leader.node().status().leader()).isEmpty();
        assertThat(leader.node().leader()).isEmpty();
        assertThat(leader.node().status().role()).isEqualTo(ClusterStatus.Role.LEADER);
        SimulatedNode second = ClusterScenario.otherLeader(cluster, leader);
        ClusterScenario.append(cluster, second, "live", "second");
        cluster.network().healAll();
        cluster.coordinator().heal(leader.id());
        cluster.awaitInSync(3);
        ClusterScenario.untilAllRead(cluster, "live", List.of("first", "second"));
    }

    @Test
    void leaderThatIsHeardAgain_leadsOnAsBefore() {
        cluster.network().isolate(leader.address());
        cluster.coordinator().elect(Duration.ofSeconds(8));
        var pending = cluster.send(leader, "live", "pending");
        cluster.run(NOTICED);
        assertThat(pending).isCompletedExceptionally();
        assertSentAway("live");
        cluster.network().healAll();
        cluster.run(Duration.ofSeconds(2));
        assertNamesItself();
        assertThat(cluster.append(leader, "live", "third")).isEqualTo(2);
        ClusterScenario.untilAllRead(cluster, "live", List.of("first", "pending", "third"));
    }

    @Test
    void leaderWithoutTheCoordinator_keepsItsClientsWhileReplicasAnswer() {
        cluster.coordinator().elect(Duration.ofSeconds(6));
        cluster.run(NOTICED);
        assertThat(cluster.append(leader, "live", "second")).isEqualTo(1);
        assertThat(ClusterScenario.failure(cluster.send(leader, "wal", "refused")))
                .isInstanceOf(ClusterException.CoordinatorUnavailable.class);
        assertNamesItself();
    }

    @Test
    void leaderWithoutReplicas_keepsItsClientsWhileTheCoordinatorAnswers() {
        cluster.network().isolate(leader.address());
        var pending = cluster.send(leader, "live", "pending");
        cluster.run(NOTICED);
        assertThat(pending).isNotDone();
        assertThat(ClusterScenario.failure(cluster.send(leader, "live", "refused")))
                .isInstanceOf(ClusterException.NotEnoughReplicas.class);
        assertThat(cluster.append(leader, "wal", "taken")).isZero();
        assertNamesItself();
    }
}
