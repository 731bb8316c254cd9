package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;
import io.lignum.record.LogRecord;
import io.lignum.storage.AppendOptions;
import io.lignum.storage.TopicConfig;
import io.lignum.storage.TopicLog;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * R19 to R21: what differs from the leader's log is cut and kept aside, and what was committed
 * never is.
 */
final class RejoinTest {

    private final SimulatedCluster cluster = new SimulatedCluster(ClusterScenario.SEED, 3).start();

    @Test
    void divergentTail_isCut_andSavedAsideByteForByte() {
        cluster.createLive("t");
        SimulatedNode old = cluster.leader();
        cluster.append(old, "t", "committed");
        byte[] tail = appendUnheard(old);
        cluster.coordinator().cut(old.id());
        SimulatedNode second = ClusterScenario.otherLeader(cluster, old);
        ClusterScenario.append(cluster, second, "t", "the second's");
        cluster.network().healAll();
        cluster.coordinator().heal(old.id());
        cluster.awaitInSync(3);
        ClusterScenario.untilAllRead(cluster, "t", List.of("committed", "the second's"));
        assertThat(ClusterScenario.sideFiles(old, old.log("t").id())).containsExactly(tail);
        for (SimulatedNode other : ClusterScenario.others(cluster, old)) {
            assertThat(ClusterScenario.sideFiles(other, other.log("t").id())).isEmpty();
        }
    }

    /** Twice divergent: the second side file does not overwrite the first. */
    @Test
    void everyDivergence_hasASideFileOfItsOwn() {
        cluster.createLive("t");
        List<byte[]> tails = new ArrayList<>();
        SimulatedNode node = cluster.leader();
        for (int i = 0; i < 2; i++) {
            cluster.await(cluster.leader().node().transferLeadership(Optional.of(node.id())));
            cluster.until(
                    Duration.ofSeconds(20), () -> cluster.findLeader().equals(Optional.of(node)));
            cluster.awaitInSync(3);
            ClusterScenario.append(cluster, node, "t", "committed " + i);
            long end = node.log("t").logEndOffset();
            cluster.network().isolate(node.address());
            var unused = cluster.send(node, "t", "lost " + i);
            cluster.run(Duration.ofMillis(300));
            tails.add(ClusterScenario.bytes(node.log("t"), end));
            cluster.coordinator().cut(node.id());
            ClusterScenario.otherLeader(cluster, node);
            cluster.network().healAll();
            cluster.coordinator().heal(node.id());
            cluster.awaitInSync(3);
            cluster.run(Duration.ofSeconds(10));
        }
        assertThat(ClusterScenario.sideFiles(node, node.log("t").id()))
                .containsExactlyInAnyOrderElementsOf(tails);
    }

    /** R21: such logs must not come to be; if they do, the node halts and touches nothing. */
    @Test
    void cutBelowTheHighWatermark_haltsTheNode() {
        cluster.createLive("t");
        cluster.append(cluster.leader(), "t", "committed");
        SimulatedNode node = cluster.follower();
        node.kill();
        cluster.awaitInSync(2);
        byte[][] forged = new byte[1][];
        node.standalone(store -> {
            var log = store.topic("t");
            log.lead(log.lastEpoch().orElseThrow());
            log.append(LogRecord.of("forged"));
            log.advanceHighWatermark(2);
            forged[0] = ClusterScenario.bytes(log, 0);
        });
        node.start();
        var failure = node.node().failure();
        cluster.until(Duration.ofSeconds(20), failure::isDone);
        assertThat(failure.join()).hasMessageContaining("This is a bug");
        assertThat(ClusterScenario.bytes(node.log("t"), 0)).isEqualTo(forged[0]);
    }

    /** V8: the node's first turn is yet to come, and its log is open to readers already. */
    @Test
    void liveLogWithoutAKeptWatermark_isNotReadBeforeTheNodeKnowsWhatIsCommitted() {
        cluster.createLive("t");
        cluster.append(cluster.leader(), "t", "committed");
        SimulatedNode node = cluster.follower();
        cluster.until(Duration.ofSeconds(5), () -> node.log("t").logEndOffset() == 1);
        node.kill();
        node.start();
        assertThat(node.log("t").readableEndOffset()).isZero();
    }

    /**
     * R1: whatever a watch tells, a new incarnation knows the epoch of now before it follows
     * anybody.
     */
    @Test
    void newIncarnation_knowsTheLastEpochBeforeItFollows() {
        for (int i = 0; i < 10; i++) {
            SimulatedCluster some = new SimulatedCluster(ClusterScenario.SEED + i, 3).start();
            SimulatedNode old = some.leader();
            SimulatedNode node = some.follower();
            node.kill();
            node.loseDisk();
            some.coordinator().staleRate(1);
            old.kill();
            SimulatedNode second = ClusterScenario.otherLeader(some, old);
            node.start();
            some.until(
                    Duration.ofSeconds(20),
                    () -> ClusterScenario.identity(node).clusterId().isPresent());
            assertThat(ClusterScenario.identity(node).epoch())
                    .isEqualTo(ClusterScenario.identity(second).epoch());
        }
    }

    @Test
    void followerThatWasAwayLongerThanWhatIsKept_startsAgainAtTheLeadersStart() {
        cluster.createLive("t");
        cluster.create("wal", TopicConfig.DEFAULT);
        for (int i = 0; i < 10; i++) {
            cluster.append(cluster.leader(), "t", "old " + i);
            cluster.append(cluster.leader(), "wal", "old " + i);
        }
        SimulatedNode away = cluster.follower();
        away.kill();
        cluster.awaitInSync(2);
        for (int i = 0; i < 10; i++) {
            cluster.append(cluster.leader(), "t", "new " + i);
            cluster.append(cluster.leader(), "wal", "new " + i);
        }
        for (String topic : List.of("t", "wal")) {
            cluster.await(cluster.leader().log(topic).admin().sealActive());
            cluster.await(cluster.leader().node().trimTopic(topic, 15));
        }
        away.start();
        cluster.awaitInSync(3);
        cluster.run(Duration.ofSeconds(10));
        for (String topic : List.of("t", "wal")) {
            long start = cluster.leader().log(topic).logStartOffset();
            assertThat(start).isPositive();
            assertThat(away.log(topic).logStartOffset()).isEqualTo(15);
            assertThat(SimulatedCluster.read(away, topic)).startsWith("new 5").endsWith("new 9");
        }
    }

    /**
     * What the old leader alone had is at offsets that the new one has trimmed: it is kept in side
     * files (R20).
     */
    @Test
    void unshippedTail_isSavedAside_alsoWhenTheNewLeaderStartsBehindIt() {
        cluster.create("wal", TopicConfig.DEFAULT.withSegmentMaxRecords(5));
        SimulatedNode old = cluster.leader();
        appendWal(old, "shipped", 3);
        cluster.run(Duration.ofSeconds(6));
        appendWal(old, "not shipped", 5);
        byte[] all = ClusterScenario.bytes(old.log("wal"), 0);
        old.kill();
        SimulatedNode second = ClusterScenario.otherLeader(cluster, old);
        appendWal(second, "the second's", 17);
        cluster.await(second.node().trimTopic("wal", 15));
        old.start();
        cluster.awaitInSync(3);
        ClusterScenario.untilAllRead(cluster, "wal", SimulatedCluster.read(second, "wal"));
        assertThat(old.log("wal").logStartOffset()).isEqualTo(15);
        assertThat(ClusterScenario.sideFiles(old, old.log("wal").id())).containsExactly(all);
    }

    /**
     * The new leader has trimmed all of the old epoch, and the old one's log ends above its start.
     */
    @Test
    void divergentTailOfAnEpochThatIsTrimmed_isCut_andDoesNotHaltTheNode() {
        cluster.createLive("t");
        SimulatedNode old = cluster.leader();
        cluster.append(old, "t", "committed");
        byte[] tail = appendUnheard(old);
        cluster.coordinator().cut(old.id());
        SimulatedNode second = ClusterScenario.otherLeader(cluster, old);
        for (int i = 0; i < 9; i++) {
            ClusterScenario.append(cluster, second, "t", "the second's " + i);
        }
        cluster.await(second.node().trimTopic("t", 4));
        cluster.network().healAll();
        cluster.coordinator().heal(old.id());
        cluster.awaitInSync(3);
        ClusterScenario.untilAllRead(cluster, "t", SimulatedCluster.read(second, "t"));
        assertThat(old.node().failure()).isNotDone();
        assertThat(old.log("t").logStartOffset()).isEqualTo(4);
        assertThat(ClusterScenario.sideFiles(old, old.log("t").id())).containsExactly(tail);
    }

    /** Topic wal: 0 to 4 are on all nodes, 5 to 14 on the leader, which trims below 12. */
    private SimulatedNode leaderThatTrimmedWhatOnlyItHas() {
        cluster.create("wal", TopicConfig.DEFAULT);
        SimulatedNode old = cluster.leader();
        appendWal(old, "shipped", 5);
        cluster.run(Duration.ofSeconds(6));
        appendWal(old, "not shipped", 10);
        cluster.await(old.node().trimTopic("wal", 12));
        return old;
    }

    /**
     * The follower's log starts above the point where the logs differ, so none of it can be matched
     * with the leader's.
     */
    @Test
    void logThatStartsAboveTheDivergencePoint_isFilledAgainFromTheLeadersStart() {
        SimulatedNode old = leaderThatTrimmedWhatOnlyItHas();
        cluster.until(Duration.ofSeconds(5), () -> old.log("wal").logStartOffset() == 12);
        byte[] tail = ClusterScenario.bytes(old.log("wal"), 12);
        old.kill();
        SimulatedNode second = ClusterScenario.otherLeader(cluster, old);
        appendWal(second, "the second's", 2);
        old.start();
        cluster.awaitInSync(3);
        ClusterScenario.untilAllRead(cluster, "wal", List.of("the second's 0", "the second's 1"));
        assertThat(ClusterScenario.sideFiles(old, old.log("wal").id())).containsExactly(tail);
    }

    /**
     * The records that the trim meant were lost with its leader; what stands at its offsets now was
     * never meant.
     */
    @Test
    void trimOfRecordsThatOnlyADeadLeaderHad_doesNotTakeThoseThatStandThereNow() {
        SimulatedNode old = leaderThatTrimmedWhatOnlyItHas();
        old.kill();
        SimulatedNode second = ClusterScenario.otherLeader(cluster, old);
        cluster.until(Duration.ofSeconds(10), () -> second.log("wal").logStartOffset() == 5);
        SimulatedNode third = ClusterScenario.others(cluster, old, second).get(0);
        cluster.until(Duration.ofSeconds(10), () -> third.log("wal").logStartOffset() == 5);
        appendWal(second, "the second's", 9);
        cluster.run(Duration.ofSeconds(6));
        second.kill();
        old.start();
        cluster.until(Duration.ofSeconds(30), () -> cluster.findLeader().isPresent());
        second.start();
        cluster.awaitInSync(3);
        List<String> all =
                IntStream.range(0, 9).mapToObj(i -> "the second's " + i).toList();
        ClusterScenario.untilAllRead(cluster, "wal", all);
    }

    /**
     * An empty log that begins where a dead leader's ended is further up than the next one's end.
     */
    @Test
    void emptyLogAboveTheLeadersEnd_isFilledAgainFromTheLeadersStart() {
        cluster.create("wal", TopicConfig.DEFAULT);
        SimulatedNode old = cluster.leader();
        SimulatedNode near = cluster.follower();
        SimulatedNode next = ClusterScenario.others(cluster, old, near).get(0);
        cluster.run(Duration.ofSeconds(6));
        cluster.network().cut(old.address(), next.address());
        near.kill();
        appendWal(old, "not shipped", 8);
        cluster.await(old.log("wal").admin().trim(8));
        near.start();
        cluster.until(Duration.ofSeconds(5), () -> near.log("wal").logEndOffset() == 8);
        cluster.coordinator().cut(near.id());
        old.kill();
        assertThat(ClusterScenario.otherLeader(cluster, old)).isSameAs(next);
        appendWal(next, "the next's", 2);
        cluster.coordinator().heal(near.id());
        cluster.network().healAll();
        old.start();
        cluster.awaitInSync(3);
        ClusterScenario.untilAllRead(cluster, "wal", List.of("the next's 0", "the next's 1"));
    }

    /**
     * Cuts a leader off and lets it append what no other node gets; answers these bytes, from
     * offset 1 on.
     */
    private byte[] appendUnheard(SimulatedNode old) {
        cluster.network().isolate(old.address());
        for (int i = 0; i < 5; i++) {
            var unused = cluster.send(old, "t", "only the old leader's " + i);
        }
        cluster.run(Duration.ofMillis(300));
        byte[] tail = ClusterScenario.bytes(old.log("t"), 1);
        assertThat(tail).isNotEmpty();
        return tail;
    }

    private void appendWal(SimulatedNode at, String text, int count) {
        for (int i = 0; i < count; i++) {
            ClusterScenario.append(cluster, at, "wal", text + " " + i);
        }
    }

    @Test
    void newEmptyNode_catchesUp_alsoOnWhatIsTrimmedBelow() {
        SimulatedCluster late = new SimulatedCluster(ClusterScenario.SEED, 3);
        late.node(1).start();
        late.node(2).start();
        late.awaitInSync(2);
        late.createLive("t");
        for (int i = 0; i < 20; i++) {
            late.append(late.leader(), "t", "record " + i);
        }
        late.await(late.leader().node().trimTopic("t", 10));
        late.node(3).start();
        late.awaitInSync(3);
        TopicLog log = late.node(3).log("t");
        late.until(
                Duration.ofSeconds(20),
                () -> log.readableEndOffset() == 20 && log.logStartOffset() == 10);
        assertThat(SimulatedCluster.read(late.node(3), "t")).hasSize(10).startsWith("record 10");
    }

    /** What is trimmed need not end where a batch does, and batches are not cut in two. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void newEmptyNode_catchesUp_alsoWhenTheLogStartsWithinABatch(boolean live) {
        SimulatedCluster late = new SimulatedCluster(ClusterScenario.SEED, 3);
        late.node(1).start();
        late.node(2).start();
        late.awaitInSync(2);
        late.create("t", TopicConfig.DEFAULT.withReplication(live, 0).withSegmentMaxRecords(8));
        List<LogRecord> four = Collections.nCopies(4, LogRecord.of("record"));
        for (int i = 0; i < 5; i++) {
            late.await(late.leader()
                    .node()
                    .append("t", four, AppendOptions.NONE, NotLeaderPolicy.FORWARD));
        }
        late.await(late.leader().node().trimTopic("t", 14));
        late.node(3).start();
        late.awaitInSync(3);
        TopicLog log = late.node(3).log("t");
        late.until(
                Duration.ofSeconds(20),
                () -> log.readableEndOffset() == 20 && log.logStartOffset() == 14);
        assertThat(SimulatedCluster.read(late.node(3), "t")).hasSize(6);
        assertThat(log.firstStoredOffset()).isEqualTo(8);
    }
}
