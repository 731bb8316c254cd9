package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.AppendResult;
import io.lignum.cluster.ClusterException;
import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.cluster.internal.topics.TopicCatalog;
import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;
import io.lignum.record.LogRecord;
import io.lignum.record.ProducerStamp;
import io.lignum.storage.AppendOptions;
import io.lignum.storage.Outcome;
import io.lignum.storage.TopicConfig;
import io.lignum.storage.TopicLog;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** R32, R33 and R34: topics are the same everywhere, and a repeat is known again. */
final class TopicsTest {

    private static final TopicConfig LIVE = TopicConfig.DEFAULT.withReplication(true, 0);

    private final SimulatedCluster cluster = new SimulatedCluster(ClusterScenario.SEED, 3).start();

    private static Map<String, UUID> topics(SimulatedNode node) {
        Map<String, UUID> topics = new TreeMap<>();
        node.store().topics().forEach(log -> topics.put(log.name(), log.id()));
        return topics;
    }

    private void untilSameTopics() {
        cluster.until(
                Duration.ofSeconds(30),
                () -> cluster.nodes().stream()
                                .map(TopicsTest::topics)
                                .distinct()
                                .count()
                        == 1);
    }

    @Test
    void createdAlteredDeletedAndCreatedAgain_aroundAFailover_isTheSameEverywhere() {
        SimulatedNode first = cluster.leader();
        SimulatedNode away = cluster.follower();
        cluster.create("t", LIVE);
        cluster.create("u", TopicConfig.DEFAULT);
        UUID old = first.log("t").id();
        cluster.append(first, "t", "the old one's");
        away.kill();
        cluster.awaitInSync(2);
        cluster.await(first.node().deleteTopic("t"));
        cluster.await(first.node().createTopic("t", LIVE));
        cluster.await(first.node().alterTopic("u", TopicConfig.DEFAULT.withSegmentMaxRecords(9)));
        cluster.append(first, "t", "the new one's");
        away.start();
        cluster.awaitInSync(3);
        first.kill();
        SimulatedNode second = ClusterScenario.otherLeader(cluster, first);
        cluster.run(Duration.ofSeconds(2));
        cluster.await(second.node().createTopic("v", LIVE));
        cluster.await(second.node().deleteTopic("u"));
        first.start();
        cluster.awaitInSync(3);
        untilSameTopics();
        assertThat(topics(first)).containsOnlyKeys("__topics", "t", "v");
        assertThat(topics(first).get("t")).isNotEqualTo(old);
        ClusterScenario.untilAllRead(cluster, "t", List.of("the new one's"));
    }

    @Test
    void topicsCreatedByFirstMessages_onAllNodesAtOnce_areOneEach() {
        for (int i = 0; i < 30; i++) {
            var unused = cluster.send(cluster.node(1 + i % 3), "t" + i % 5, "record " + i);
        }
        cluster.run(Duration.ofSeconds(2));
        untilSameTopics();
        int records = 0;
        for (int i = 0; i < 5; i++) {
            records += SimulatedCluster.read(cluster.leader(), "t" + i).size();
        }
        assertThat(records).isEqualTo(30);
    }

    /** V14: a name is never a path; no node could apply its record once it is committed. */
    @Test
    void topicWhoseNameIsNone_isRefusedByTheLeader_andNeverGetsIntoTheMetadataLog() {
        SimulatedNode leader = cluster.leader();
        long before = leader.log(TopicCatalog.NAME).logEndOffset();
        for (String name : List.of("", "..", "../x", "a\r\nb", "\u001b[2J", "x".repeat(250))) {
            for (SimulatedNode node : List.of(leader, cluster.follower())) {
                assertThat(ClusterScenario.outcome(
                                ClusterScenario.failure(cluster, cluster.send(node, name, "x"))))
                        .isEqualTo(Outcome.NOT_APPLIED);
                assertThat(ClusterScenario.outcome(ClusterScenario.failure(
                                cluster, node.node().createTopic(name, LIVE))))
                        .isEqualTo(Outcome.NOT_APPLIED);
            }
        }
        assertThat(leader.log(TopicCatalog.NAME).logEndOffset()).isEqualTo(before);
        cluster.create("t", LIVE);
        assertThat(cluster.nodes()).allMatch(SimulatedNode::isRunning);
    }

    /** The first message of a topic waits for it: it must not wait for ever. */
    @Test
    void leadThatEnds_betweenATopicsCommitAndItsCreation_endsWhatWaitsForTheTopic() {
        SimulatedNode leader = cluster.leader();
        TopicLog metadata = leader.log(TopicCatalog.NAME);
        long before = metadata.logEndOffset();
        var message = cluster.send(leader, "t", "the first");
        var created = leader.node().createTopic("u", LIVE);
        while (metadata.highWatermark().orElse(0) <= before) {
            cluster.time().step();
        }
        assertThat(message).isNotDone();
        leader.node().close();
        cluster.run(Duration.ofSeconds(1));
        assertThat(ClusterScenario.outcome(message)).isEqualTo(Outcome.NOT_APPLIED);
        assertThat(created).isCompletedExceptionally();
    }

    /**
     * A name is free for a new topic only once the old one is removed from the disk, which takes
     * its time.
     */
    @Test
    void topicDeletedAgainAndAgainUnderMessagesThatCreateIt_letsNoMessageWaitForEver() {
        cluster.nodes().forEach(node -> node.slowDisk(true));
        List<CompletableFuture<AppendResult>> sent = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            for (int j = 0; j < 10; j++) {
                sent.add(cluster.send(cluster.node(1 + j % 3), "t", "record " + i + " " + j));
            }
            var unused = cluster.node(1 + i % 3).node().deleteTopic("t");
            cluster.run(Duration.ofMillis(i * 15L));
        }
        cluster.until(
                Duration.ofSeconds(60), () -> sent.stream().allMatch(CompletableFuture::isDone));
        assertThat(sent).filteredOn(done -> !done.isCompletedExceptionally()).isNotEmpty();
        cluster.append(cluster.follower(), "t", "the last");
        untilSameTopics();
    }

    /** A high watermark that comes with an append may be the last word for long. */
    @Test
    void whatIsCommittedOnAFollower_isCarriedOutThere_thoughItHearsNoMore() {
        int ridden = 0;
        for (int committed = 1; committed < 10; committed++) {
            SimulatedCluster busy =
                    new SimulatedCluster(ClusterScenario.SEED + committed, 3).start();
            SimulatedNode follower = busy.follower();
            TopicLog metadata = follower.log(TopicCatalog.NAME);
            long before = metadata.highWatermark().orElse(0);
            for (int i = 0; i < 10; i++) {
                var unused = busy.leader().node().createTopic("t" + i, LIVE);
            }
            while (metadata.highWatermark().orElse(0) < before + committed) {
                busy.time().step();
            }
            busy.network().isolate(follower.address());
            busy.run(Duration.ofMillis(500));
            long now = metadata.highWatermark().orElse(0) - before;
            ridden += now < 10 ? 1 : 0;
            assertThat(topics(follower)).hasSize((int) now + 1); // and the metadata log itself
        }
        assertThat(ridden).isPositive();
    }

    /** Else it would create the first one again, and the second one has its name. */
    @Test
    void nodeThatDiesAfterATopicWasCreatedAgain_goesOnWhereItWas() {
        SimulatedNode node = cluster.follower();
        cluster.create("t", LIVE);
        cluster.until(Duration.ofSeconds(5), () -> topics(node).containsKey("t"));
        UUID old = node.log("t").id();
        cluster.await(node.log(TopicCatalog.NAME).admin().checkpoint());
        cluster.await(cluster.leader().node().deleteTopic("t"));
        cluster.await(cluster.leader().node().createTopic("t", LIVE));
        cluster.until(
                Duration.ofSeconds(5),
                () -> topics(node).containsKey("t") && !topics(node).containsValue(old));
        UUID made = node.log("t").id();
        node.kill();
        cluster.network().isolate(node.address());
        node.start();
        cluster.run(Duration.ofSeconds(2));
        assertThat(node.node().failure()).isNotDone();
        assertThat(topics(node)).containsEntry("t", made);
        assertThat(node.node().status().alarms()).isEmpty();
    }

    @Test
    void nodeThatHoldsAnotherTopicOfTheName_saysSo_andCreatesTheRest() {
        cluster.create("before", LIVE);
        SimulatedNode node = cluster.follower();
        node.kill();
        node.standalone(store -> store.createTopic("t", TopicConfig.DEFAULT));
        cluster.await(cluster.leader().node().createTopic("t", LIVE));
        cluster.await(cluster.leader().node().createTopic("u", LIVE));
        node.start();
        cluster.until(Duration.ofSeconds(20), () -> topics(node).containsKey("u"));
        cluster.run(Duration.ofSeconds(1));
        assertThat(node.node().failure()).isNotDone();
        assertThat(node.node().status().alarms())
                .singleElement()
                .asString()
                .contains(
                        "topic t exists already on this node", "empty this node's data directory");
    }

    /** R35: more copies than nodes can never be. */
    @Test
    void quorumAboveTheNodes_isRefused() {
        assertThat(ClusterScenario.failure(
                        cluster,
                        cluster.follower()
                                .node()
                                .createTopic("t", TopicConfig.DEFAULT.withReplication(true, 4))))
                .isInstanceOfSatisfying(
                        ClusterException.Forwarded.class,
                        refused -> assertThat(refused.leadersCode()).isEqualTo("INVALID_ARGUMENT"))
                .hasMessageContaining("the cluster has 3 nodes");
        cluster.create("t", TopicConfig.DEFAULT.withReplication(true, 3));
    }

    @Test
    void repeatAfterUnknown_acrossAFailover_standsOnce() {
        cluster.createLive("t");
        SimulatedNode first = cluster.leader();
        cluster.append(first, "t", "before");
        AppendOptions stamp = AppendOptions.from(new ProducerStamp(77, (short) 0, 0));
        for (SimulatedNode other : ClusterScenario.others(cluster, first)) {
            cluster.network().cutOneWay(other.address(), first.address());
        }
        var sent = first.node()
                .append("t", List.of(LogRecord.of("once")), stamp, NotLeaderPolicy.FORWARD);
        cluster.run(Duration.ofMillis(500));
        assertThat(sent).isNotDone();
        first.kill();
        cluster.network().healAll();
        SimulatedNode second = ClusterScenario.otherLeader(cluster, first);
        cluster.run(Duration.ofSeconds(5));
        SimulatedNode third = ClusterScenario.others(cluster, first, second).get(0);
        var again = cluster.await(third.node()
                .append("t", List.of(LogRecord.of("once")), stamp, NotLeaderPolicy.FORWARD));
        assertThat(again.duplicate()).isTrue();
        assertThat(again.firstOffset()).isEqualTo(1);
        first.start();
        cluster.awaitInSync(3);
        ClusterScenario.untilAllRead(cluster, "t", List.of("before", "once"));
    }

    /** R34: no earlier than its first copy is acknowledged. */
    @Test
    void repeatOfWhatIsNotCommitted_waits() {
        cluster.createLive("t");
        SimulatedNode leader = cluster.leader();
        AppendOptions stamp = AppendOptions.from(new ProducerStamp(77, (short) 0, 0));
        for (SimulatedNode other : ClusterScenario.others(cluster, leader)) {
            cluster.network().cutOneWay(other.address(), leader.address());
        }
        List<LogRecord> records = List.of(LogRecord.of("once"));
        var first = leader.node().append("t", records, stamp, NotLeaderPolicy.FORWARD);
        cluster.run(Duration.ofMillis(500));
        var second = leader.node().append("t", records, stamp, NotLeaderPolicy.FORWARD);
        cluster.run(Duration.ofMillis(500));
        assertThat(first).isNotDone();
        assertThat(second).isNotDone();
        cluster.network().healAll();
        assertThat(cluster.await(first).duplicate()).isFalse();
        assertThat(cluster.await(second).duplicate()).isTrue();
    }

    @Test
    void trimmedTopic_isTrimmedEverywhere() {
        cluster.createLive("t");
        for (int i = 0; i < 20; i++) {
            cluster.append(cluster.leader(), "t", "record " + i);
        }
        cluster.await(cluster.follower().node().trimTopic("t", 12));
        cluster.until(
                Duration.ofSeconds(10),
                () -> cluster.nodes().stream()
                        .map(node -> node.log("t"))
                        .mapToLong(TopicLog::logStartOffset)
                        .allMatch(start -> start == 12));
    }

    private void shortOfHandles(SimulatedNode node) {
        node.disk().limitHandles(true);
        cluster.run(Duration.ofSeconds(3));
        node.disk().limitHandles(false);
    }

    /** Its name is not taken for ever. */
    @Test
    void deletionWhileANodeHasNoFileHandle_isDoneThereOnceItHasOne() {
        cluster.createLive("t");
        SimulatedNode node = cluster.follower();
        cluster.until(Duration.ofSeconds(5), () -> topics(node).containsKey("t"));
        UUID old = node.log("t").id();
        var deleted = cluster.leader().node().deleteTopic("t");
        while (topics(node).containsKey("t")) {
            cluster.time().step();
        }
        shortOfHandles(node);
        cluster.await(deleted);
        cluster.createLive("t");
        cluster.until(Duration.ofSeconds(10), () -> topics(node).containsKey("t"));
        untilSameTopics();
        assertThat(topics(node)).doesNotContainValue(old);
    }

    @Test
    void trimWhileANodeHasNoFileHandle_isDoneThereOnceItHasOne() {
        cluster.createLive("t");
        SimulatedNode node = cluster.leader();
        for (int i = 0; i < 20; i++) {
            cluster.append(node, "t", "record " + i);
        }
        long before = node.log("__topics").logEndOffset();
        var unused = node.node().trimTopic("t", 12);
        while (node.log("__topics").logEndOffset() == before) {
            cluster.time().step();
        }
        shortOfHandles(node);
        assertThat(node.log("t").logStartOffset()).isZero();
        cluster.until(Duration.ofSeconds(10), () -> node.log("t").logStartOffset() == 12);
    }
}
