package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.cluster.peer.Member;
import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicConfig;
import io.lignum.storage.env.TooManyOpenFilesException;
import io.lignum.storage.sim.IoKind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * R36, R37: without a file handle a node does not replace its damaged copy, and does not end; it
 * continues once there is a handle.
 */
final class RenewalShortageTest {

    private static final String SEALED = "00000000000000000000.log";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int RECORDS = 10;

    private final SimulatedCluster cluster = new SimulatedCluster(ClusterScenario.SEED, 3);
    private final List<String> texts = new ArrayList<>();

    /** A follower whose sealed segment is damaged, which no read has found yet. */
    private SimulatedNode damagedFollower() {
        cluster.start();
        cluster.create("t", TopicConfig.DEFAULT.withReplication(true, 0).withSegmentMaxRecords(4));
        for (int i = 0; i < RECORDS; i++) {
            texts.add("record " + i);
            ClusterScenario.append(cluster, cluster.leader(), "t", "record " + i);
        }
        SimulatedNode node = cluster.follower();
        ClusterScenario.untilAllRead(cluster, "t", texts);
        Path segment =
                SimulatedNode.DIRECTORY.resolve(node.log("t").id().toString()).resolve(SEALED);
        node.disk().flipBit(segment, 100, 0);
        return node;
    }

    private static void find(SimulatedNode node) {
        assertThatThrownBy(() -> SimulatedCluster.read(node, "t"))
                .isInstanceOf(StorageException.CorruptLog.class);
    }

    private void assertReplaced(SimulatedNode node, Member before) throws IOException {
        cluster.until(
                PATIENCE,
                () -> !ClusterScenario.identity(node).self().equals(before)
                        && ClusterScenario.state(cluster)
                                .hasInSync(ClusterScenario.identity(node).self()));
        ClusterScenario.untilAllRead(cluster, "t", texts);
        assertThat(node.node().failure()).isNotDone();
        UUID id = node.log("t").id();
        assertThat(node.disk().list(SimulatedNode.DIRECTORY.resolve("divergent/" + id)))
                .filteredOn(name -> name.startsWith("quarantined-"))
                .containsExactly("quarantined-1");
    }

    static Stream<Arguments> openings() {
        return Stream.of(IoKind.CREATE, IoKind.FORCE_DIRECTORY)
                .flatMap(kind -> IntStream.rangeClosed(1, 7).mapToObj(n -> Arguments.of(kind, n)));
    }

    @ParameterizedTest
    @MethodSource("openings")
    void noHandleAtOneOpening_delaysTheNewCopy(IoKind kind, int nth) throws IOException {
        SimulatedNode node = damagedFollower();
        Member before = ClusterScenario.identity(node).self();
        find(node);
        node.disk().failAt(kind, nth, new TooManyOpenFilesException("simulated, once"));
        assertReplaced(node, before);
    }

    @Test
    void noHandleForSeconds_delaysTheNewCopy() throws IOException {
        SimulatedNode node = damagedFollower();
        Member before = ClusterScenario.identity(node).self();
        find(node);
        cluster.until(PATIENCE, () -> !ClusterScenario.identity(node).self().equals(before));
        node.disk().limitHandles(true);
        cluster.run(Duration.ofSeconds(5));
        assertThat(node.node().failure()).isNotDone();
        node.disk().limitHandles(false);
        assertReplaced(node, before);
    }
}
