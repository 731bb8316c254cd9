package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.ClusterException;
import io.lignum.cluster.coordinator.Entry;
import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.internal.state.NodeIdentity;
import io.lignum.cluster.internal.state.NodeIdentityFile;
import io.lignum.cluster.internal.state.StateJson;
import io.lignum.cluster.peer.Member;
import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;
import io.lignum.record.StoredRecord;
import io.lignum.storage.LogCursor;
import io.lignum.storage.Outcome;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicLog;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Helpers for tests of a simulated cluster. */
final class ClusterScenario {

    static final long SEED = Long.getLong("lignum.seed", 20261126);
    static final String STATE = "service/lignum/key/lignum/state";

    private ClusterScenario() {}

    /** The state in the coordinator. */
    static ClusterState state(SimulatedCluster cluster) {
        return findState(cluster).orElseThrow();
    }

    /** The state in the coordinator; empty after it lost its data. */
    static Optional<ClusterState> findState(SimulatedCluster cluster) {
        return cluster.coordinator().entry(STATE).map(Entry::value).map(StateJson::decodeState);
    }

    static List<String> inSync(SimulatedCluster cluster) {
        return findState(cluster).stream()
                .flatMap(state -> state.isr().stream())
                .map(Member::nodeId)
                .toList();
    }

    /** The node's identity file. */
    static NodeIdentity identity(SimulatedNode node) {
        try {
            return new NodeIdentityFile(node.disk(), SimulatedNode.DIRECTORY)
                    .read()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Throwable failure(CompletableFuture<?> done) {
        assertThat(done).isCompletedExceptionally();
        try {
            done.join();
            throw new AssertionError("did not fail");
        } catch (CompletionException e) {
            Throwable cause = NodeContext.causeOf(e);
            return cause == null ? e : cause;
        }
    }

    static Outcome outcome(Throwable failure) {
        if (failure instanceof ClusterException cluster) {
            return cluster.outcome();
        }
        if (failure instanceof StorageException storage) {
            return storage.outcome();
        }
        throw new AssertionError("an untyped failure", failure);
    }

    static Outcome outcome(CompletableFuture<?> done) {
        return outcome(failure(done));
    }

    /** Waits for the future to fail, and returns the failure. */
    static Throwable failure(SimulatedCluster cluster, CompletableFuture<?> future) {
        cluster.until(Duration.ofSeconds(40), future::isDone);
        return failure(future);
    }

    /** All bytes of a log from an offset on, including uncommitted ones. */
    static byte[] bytes(TopicLog log, long from) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (LogCursor cursor = log.replicationCursor(from)) {
            while (cursor.next()) {
                ByteBuffer slice = cursor.batch().slice();
                byte[] one = new byte[cursor.batch().sizeInBytes()];
                slice.get(slice.position(), one);
                all.writeBytes(one);
            }
        }
        return all.toByteArray();
    }

    static List<byte[]> sideFiles(SimulatedNode node, UUID topic) {
        return node.disk()
                .contents(SimulatedNode.DIRECTORY.resolve("divergent").resolve(topic.toString()));
    }

    /** All records of a log, readable or not. */
    static List<String> texts(SimulatedNode node, String topic) {
        List<String> texts = new ArrayList<>();
        TopicLog log = node.log(topic);
        try (LogCursor cursor = log.replicationCursor(log.logStartOffset())) {
            while (cursor.next()) {
                var records = cursor.batch().records(1 << 20);
                while (records.next()) {
                    StoredRecord record = records.toRecord();
                    texts.add(record.text());
                }
            }
        }
        return texts;
    }

    /** Waits until every running node returns these records. */
    static void untilAllRead(SimulatedCluster cluster, String topic, List<String> expected) {
        cluster.until(
                Duration.ofSeconds(60),
                () -> cluster.nodes().stream()
                        .filter(SimulatedNode::isRunning)
                        .allMatch(node -> reads(node, topic, expected)));
    }

    private static boolean reads(SimulatedNode node, String topic, List<String> expected) {
        try {
            return node.store().findTopic(topic).isPresent()
                    && SimulatedCluster.read(node, topic).equals(expected);
        } catch (StorageException.CorruptLog | StorageException.Closed e) {
            return false; // It is read again, or fetched again.
        }
    }

    /** Appends, repeatedly while that is refused, and returns the offset. */
    static long append(SimulatedCluster cluster, SimulatedNode at, String topic, String text) {
        for (int i = 0; i < 300; i++) {
            var sent = cluster.send(at, topic, text);
            cluster.until(Duration.ofSeconds(40), sent::isDone);
            if (!sent.isCompletedExceptionally()) {
                return sent.join().firstOffset();
            }
            assertThat(outcome(sent)).isEqualTo(Outcome.NOT_APPLIED);
            cluster.run(Duration.ofMillis(100));
        }
        throw new AssertionError("refused for half a minute: " + text);
    }

    /** Waits for a leader other than this one. */
    static SimulatedNode otherLeader(SimulatedCluster cluster, SimulatedNode than) {
        cluster.until(
                Duration.ofSeconds(30),
                () -> cluster.findLeader().filter(leader -> leader != than).isPresent());
        return cluster.findLeader().orElseThrow();
    }

    /** Transfers leadership to any other node. */
    static SimulatedNode otherLeaderByTransfer(SimulatedCluster cluster) {
        SimulatedNode leader = cluster.leader();
        cluster.await(leader.node().transferLeadership(Optional.empty()));
        return otherLeader(cluster, leader);
    }

    static List<SimulatedNode> others(SimulatedCluster cluster, SimulatedNode... than) {
        List<SimulatedNode> others = new ArrayList<>(cluster.nodes());
        others.removeAll(List.of(than));
        return others;
    }

    static Optional<SimulatedNode> leaderBut(SimulatedCluster cluster, SimulatedNode node) {
        return cluster.findLeader().filter(leader -> leader != node);
    }

    /** Appends records at the leader; returns their texts. */
    static List<String> append(SimulatedCluster cluster, String topic, int count) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add("record " + i);
            append(cluster, cluster.leader(), topic, "record " + i);
        }
        return texts;
    }
}
