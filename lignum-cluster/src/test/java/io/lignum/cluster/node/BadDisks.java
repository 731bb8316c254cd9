package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.peer.Member;
import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;
import io.lignum.storage.sim.IoKind;
import io.lignum.storage.sim.SimulatedDisk;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * The faults that take a copy of the data away: disks that fail, fill up or are lost, and removed
 * nodes. A second copy is taken only when every node is in sync again, since losing two of three
 * copies may lose records legitimately.
 */
final class BadDisks {

    private static final int IOS_TO_FAILURE = 10;
    private static final int ID_LENGTH = 36;
    private static final int MOST_READS = 4;
    private static final int LONGEST_SHORTAGE_MILLIS = 3_000;
    private static final Duration READS_FAIL_FOR = Duration.ofSeconds(2);
    private static final Duration AFTERMATH = Duration.ofSeconds(5);

    private final SimulatedCluster cluster;
    private final Random random;
    private final Set<SimulatedNode> failing = new HashSet<>();
    private final Map<SimulatedNode, Integer> failed = new HashMap<>();
    private final Set<SimulatedNode> untrue = new HashSet<>();
    private @Nullable SimulatedNode rotten;
    private boolean copyLost;
    private long passingUntil = Long.MIN_VALUE;

    BadDisks(SimulatedCluster cluster, Random random) {
        this.cluster = cluster;
        this.random = random;
    }

    /** Whether a node lost data that only it may have had. */
    boolean isCopyLost() {
        return copyLost;
    }

    /**
     * The node with a flipped bit. No copy is taken away after that, since it is unknown when the
     * damage is found.
     */
    @Nullable
    SimulatedNode rotten() {
        return rotten;
    }

    /**
     * Whether this node's data may be taken away, because all others have it, or a copy of it was
     * already lost.
     */
    boolean mayLose(SimulatedNode node) {
        if (rotten != null || isPassing() || ClusterScenario.findState(cluster).isEmpty()) {
            return false;
        }
        if (!copyLost && failed.isEmpty()) {
            return node.isRunning();
        }
        return isOver() && allInSync();
    }

    /**
     * Whether the coordinator may lose its data: each member's file exists, or will exist once the
     * node runs.
     */
    boolean mayLoseCoordinator() {
        return rotten == null && !isPassing() && isOver();
    }

    /**
     * Whether a temporary fault may still end a process, which may restart with another
     * incarnation.
     */
    private boolean isPassing() {
        return cluster.time().monotonicNanos() < passingUntil;
    }

    private void passes(SimulatedNode node, Duration span) {
        copyLost = true;
        failing.add(node);
        passingUntil = cluster.time().monotonicNanos() + span.plus(AFTERMATH).toNanos();
    }

    /** The next reads fail. */
    boolean failReads(SimulatedNode node) {
        if (!mayLose(node)) {
            return false;
        }
        SimulatedDisk disk = node.disk();
        disk.failReads(1 + random.nextInt(MOST_READS));
        cluster.time().schedule(READS_FAIL_FOR, () -> disk.failReads(0));
        passes(node, READS_FAIL_FOR);
        return true;
    }

    /** For a while no file can be opened. */
    boolean takeHandles(SimulatedNode node) {
        if (!mayLose(node)) {
            return false;
        }
        Duration span = Duration.ofMillis(1 + random.nextInt(LONGEST_SHORTAGE_MILLIS));
        SimulatedDisk disk = node.disk();
        disk.limitHandles(true);
        cluster.time().schedule(span, () -> disk.limitHandles(false));
        passes(node, span);
        return true;
    }

    /** Deletes index files, which are derived from the log, so nothing is lost (R40). */
    boolean deleteIndexes(SimulatedNode node) {
        boolean any = false;
        try {
            for (Path directory : topics(node)) {
                for (String name : node.disk().list(directory)) {
                    if (name.endsWith(".index")) {
                        node.disk().remove(directory.resolve(name));
                        any = true;
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return any;
    }

    private static List<Path> topics(SimulatedNode node) throws IOException {
        List<Path> directories = new ArrayList<>();
        if (!node.disk().isDirectory(SimulatedNode.DIRECTORY)) {
            return directories; // The disk is new, and the node has not started yet.
        }
        for (String name : node.disk().list(SimulatedNode.DIRECTORY)) {
            Path path = SimulatedNode.DIRECTORY.resolve(name);
            if (name.length() == ID_LENGTH && node.disk().isDirectory(path)) {
                directories.add(path);
            }
        }
        return directories;
    }

    /** Whether bytes of this node may differ from what was written. */
    boolean mayBeDamaged(SimulatedNode node) {
        return node == rotten || untrue.contains(node);
    }

    /** R40: only damaged copies are given up. */
    void assertNoFalseDamage() {
        for (SimulatedNode node : cluster.nodes()) {
            if (node.isRunning() && !mayBeDamaged(node)) {
                assertThat(node.node().status().alarms())
                        .as("R40: %s was not damaged", node.id())
                        .noneMatch(alarm -> alarm.contains("damaged"));
            }
        }
    }

    /** Whether each planned failure has ended a process, and another process runs since. */
    private boolean isOver() {
        return failed.entrySet().stream().allMatch(one -> one.getKey().lives() > one.getValue());
    }

    private boolean allInSync() {
        List<Member> inSync = ClusterScenario.state(cluster).isr();
        return cluster.nodes().stream()
                .allMatch(node -> node.isRunning()
                        && inSync.contains(ClusterScenario.identity(node).self()));
    }

    /** Replaces the disk of a node that does not run. */
    void lose(SimulatedNode node) {
        copyLost = true;
        node.loseDisk();
        node.slowDisk(random.nextBoolean()); // It is being rebuilt.
    }

    void lost() {
        copyLost = true;
    }

    /** A later I/O fails; the node ends and restarts with another incarnation (R36). */
    boolean fail(SimulatedNode node) {
        if (!mayLose(node)) {
            return false;
        }
        copyLost = true;
        failing.add(node);
        failed.put(node, node.lives());
        untrue.add(node);
        IoKind kind = random.nextBoolean() ? IoKind.FORCE : IoKind.WRITE;
        node.disk()
                .failAt(
                        kind,
                        1 + random.nextInt(IOS_TO_FAILURE),
                        new IOException("simulated: Input/output error"));
        return true;
    }

    boolean fill(SimulatedNode node) {
        node.fillDisk(true);
        return failing.add(node);
    }

    /** The disk is full for a while. */
    boolean fillFor(SimulatedNode node) {
        if (isPassing()) {
            return false;
        }
        fill(node);
        Duration span = Duration.ofMillis(1 + random.nextInt(LONGEST_SHORTAGE_MILLIS));
        cluster.time().schedule(span, () -> node.fillDisk(false));
        passes(node, span);
        return true;
    }

    /** Flips a bit of a sealed segment. */
    boolean flip(SimulatedNode node) {
        List<Path> sealed = sealed(node);
        if (sealed.isEmpty() || !mayLose(node)) {
            return false;
        }
        Path file = sealed.get(random.nextInt(sealed.size()));
        ByteBuffer content = ByteBuffer.wrap(node.disk().bytes(file));
        int position = random.nextInt(content.limit());
        if (isEpoch(content, position)) {
            return false; // Only a scrub finds it, see docs/guarantees.md.
        }
        node.disk().flipBit(file, position, random.nextInt(Byte.SIZE));
        rotten = node;
        copyLost = true;
        return true;
    }

    private static boolean isEpoch(ByteBuffer segment, int position) {
        int batch = 0;
        int next = 0;
        while (next <= position) {
            batch = next;
            next += Long.BYTES + Integer.BYTES + segment.getInt(batch + Long.BYTES);
        }
        int field = position - batch - Long.BYTES - Integer.BYTES;
        return field >= 0 && field < Integer.BYTES;
    }

    private static List<Path> sealed(SimulatedNode node) {
        List<Path> found = new ArrayList<>();
        try {
            for (Path directory : node.isRunning() ? topics(node) : List.<Path>of()) {
                node.disk().list(directory).stream()
                        .filter(name -> name.endsWith(".log"))
                        .map(directory::resolve)
                        .filter(file -> node.disk().bytes(file).length > 0)
                        .forEach(found::add);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    /** Whether this node may end by itself, or not start. */
    boolean isFailing(SimulatedNode node) {
        return failing.contains(node);
    }

    void heal(SimulatedNode node) {
        node.slowDisk(false);
        node.healDisk();
        node.fillDisk(false);
    }
}
