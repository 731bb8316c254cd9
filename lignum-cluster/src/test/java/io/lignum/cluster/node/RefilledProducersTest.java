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
import io.lignum.storage.TopicConfig;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * R34: a node that is filled again from a trimmed leader knows the producers of what is trimmed,
 * and goes on with them.
 */
final class RefilledProducersTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SimulatedCluster cluster = new SimulatedCluster(ClusterScenario.SEED, 3);

    /** Again and again while the replicas have not answered a new leader yet. */
    private AppendResult send(SimulatedNode at, long producer, int sequence) {
        for (int i = 0; i < 100; i++) {
            CompletableFuture<AppendResult> sent = append(at, producer, sequence);
            cluster.until(PATIENCE, sent::isDone);
            if (!sent.isCompletedExceptionally()) {
                return sent.join();
            }
            assertThat(ClusterScenario.failure(sent))
                    .isInstanceOf(ClusterException.NotEnoughReplicas.class);
            cluster.run(Duration.ofMillis(100));
        }
        throw new AssertionError("not enough replicas for ten seconds");
    }

    private static CompletableFuture<AppendResult> append(
            SimulatedNode at, long producer, int sequence) {
        ProducerStamp stamp = new ProducerStamp(producer, (short) 0, sequence);
        return at.node()
                .append(
                        "t",
                        List.of(LogRecord.of(producer + " sends " + sequence)),
                        AppendOptions.from(stamp),
                        NotLeaderPolicy.FORWARD);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void refilledNodeThatLeads_recognisesRepeatsOfTrimmedBatches_andTakesWhatFollows(boolean live) {
        cluster.node(1).start();
        cluster.node(2).start();
        cluster.awaitInSync(2);
        cluster.create("t", TopicConfig.DEFAULT.withReplication(live, 0).withSegmentMaxRecords(4));
        SimulatedNode first = cluster.leader();
        long idle = send(first, 7, 0).firstOffset();
        for (int i = 0; i < 20; i++) {
            send(first, 8, i);
        }
        cluster.await(first.node().trimTopic("t", 12));
        cluster.until(PATIENCE, () -> first.log("t").firstStoredOffset() == 12);
        SimulatedNode refilled = cluster.node(3);
        refilled.start();
        cluster.awaitInSync(3);
        cluster.until(PATIENCE, () -> refilled.log("t").logEndOffset() == 21);
        lead(refilled);
        assertThat(send(refilled, 7, 0).firstOffset()).isEqualTo(idle);
        assertThat(send(refilled, 8, 6).firstOffset()).isEqualTo(7);
        assertThat(send(refilled, 7, 1).firstOffset()).isEqualTo(21);
        assertThat(send(refilled, 8, 20).firstOffset()).isEqualTo(22);
    }

    /**
     * Node 3 has only what is above the trimmed records, and that only a dead leader had: its log
     * has an epoch that the next leader has not, and starts over.
     */
    @Test
    void nodeThatStartsAgainForADivergentLog_knowsTheProducersOfTrimmedBatches() {
        SimulatedNode first = cluster.node(1);
        SimulatedNode second = cluster.node(2);
        SimulatedNode third = cluster.node(3);
        first.start();
        second.start();
        cluster.awaitInSync(2);
        cluster.create("t", TopicConfig.DEFAULT.withReplication(true, 0).withSegmentMaxRecords(2));
        assertThat(send(first, 7, 0).firstOffset()).isZero();
        assertThat(send(first, 8, 0).firstOffset()).isEqualTo(1);
        cluster.await(first.node().trimTopic("t", 2));
        cluster.until(PATIENCE, () -> first.log("t").firstStoredOffset() == 2);
        third.start();
        cluster.awaitInSync(3);
        cluster.until(PATIENCE, () -> third.log("t").logStartOffset() == 2);
        lead(second);

        cluster.network().cut(second.address(), first.address());
        var unused = append(second, 8, 1);
        cluster.until(PATIENCE, () -> third.log("t").logEndOffset() == 3);
        assertThat(first.log("t").logEndOffset()).isEqualTo(2);
        cluster.coordinator().cut(third.id());
        second.kill();
        cluster.until(PATIENCE, () -> cluster.findLeader().equals(Optional.of(first)));
        cluster.coordinator().heal(third.id());
        cluster.network().healAll();
        second.start();
        cluster.awaitInSync(3);
        lead(third);

        assertThat(third.log("t").lastEpoch()).isEmpty();
        assertThat(send(third, 7, 0).firstOffset()).isZero();
        assertThat(send(third, 8, 1).firstOffset()).isEqualTo(2);
    }

    private void lead(SimulatedNode next) {
        cluster.await(cluster.leader().node().transferLeadership(Optional.of(next.id())));
        cluster.until(PATIENCE, () -> cluster.findLeader().equals(Optional.of(next)));
        cluster.awaitInSync(3);
    }
}
