package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.AppendResult;
import io.lignum.cluster.ClusterException;
import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;
import io.lignum.record.LogRecord;
import io.lignum.record.ProducerStamp;
import io.lignum.storage.AppendOptions;
import io.lignum.storage.Outcome;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * R34: a repeat whose first copy may be in the log never ends with NOT_APPLIED, whichever node
 * leads.
 */
final class RepeatOutcomeTest {

    private final SimulatedCluster cluster = new SimulatedCluster(ClusterScenario.SEED, 3).start();

    private static CompletableFuture<AppendResult> send(SimulatedNode at, int sequence) {
        AppendOptions options = AppendOptions.from(new ProducerStamp(7, (short) 0, sequence));
        return at.node()
                .append(
                        "t",
                        List.of(LogRecord.of("r" + sequence)),
                        options,
                        NotLeaderPolicy.REFUSE);
    }

    @Test
    void repeatToALeaderWhoseLogFollowsAlready_isUnknown_andWhatIsNewGoesToTheLeader() {
        cluster.createLive("t");
        SimulatedNode leader = cluster.leader();
        cluster.await(send(leader, 0));
        leader.log("t")
                .follow(); // As when another epoch begins, before the node has ended its appends.
        Throwable repeat = ClusterScenario.failure(cluster, send(leader, 0));
        assertThat(repeat).isInstanceOf(ClusterException.CommitUnknown.class);
        assertThat(ClusterScenario.outcome(repeat)).isEqualTo(Outcome.UNKNOWN);
        Throwable fresh = ClusterScenario.failure(cluster, send(leader, 1));
        assertThat(fresh).isInstanceOf(ClusterException.NotLeader.class);
        assertThat(ClusterScenario.outcome(fresh)).isEqualTo(Outcome.NOT_APPLIED);
    }

    @Test
    void repeatOfAForgottenProducer_toALeaderThatCannotProveItsLead_isUnknown() {
        cluster.createLive("t");
        SimulatedNode leader = cluster.leader();
        cluster.await(send(leader, 0));
        cluster.network().isolate(leader.address());
        cluster.coordinator().cut(leader.id());
        AppendOptions unknown = AppendOptions.from(new ProducerStamp(8, (short) 0, 5));
        Throwable failure = ClusterScenario.failure(
                cluster,
                leader.node()
                        .append("t", List.of(LogRecord.of("x")), unknown, NotLeaderPolicy.REFUSE));
        assertThat(ClusterScenario.outcome(failure)).isEqualTo(Outcome.UNKNOWN);
    }
}
