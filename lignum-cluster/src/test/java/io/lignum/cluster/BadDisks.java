package io.lignum.cluster;

import io.lignum.cluster.peer.Member;
import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;
import io.lignum.storage.sim.IoKind;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Disks that fail, fill up, forget and are lost, and nodes that are taken out: whatever takes a copy of the data away.
 * No second one goes before every node is in sync again, as with two of three gone records may be lost rightly.
 */
final class BadDisks {

    private static final int IOS_TO_FAILURE = 10;

    private final SimulatedCluster cluster;
    private final Random random;
    private final Set<SimulatedNode> failing = new HashSet<>();
    private final Map<SimulatedNode, Integer> failed = new HashMap<>();
    private @Nullable SimulatedNode rotten;
    private boolean copyLost;

    BadDisks(SimulatedCluster cluster, Random random) {
        this.cluster = cluster;
        this.random = random;
    }

    /** Whether a node lost what it alone may have had. */
    boolean isCopyLost() {
        return copyLost;
    }

    /** The node one of whose bits flipped; no copy goes after that, as nobody knows when it will be found. */
    @Nullable
    SimulatedNode rotten() {
        return rotten;
    }

    /** Whether this node's data may be taken away: all others have it, or nobody's was. */
    boolean mayLose(SimulatedNode node) {
        if (rotten != null) {
            return false;
        }
        if (!copyLost && failed.isEmpty()) {
            return node.isRunning();
        }
        return isOver() && allInSync();
    }

    /** Whether each failure that was to come ended a process, and another one runs since. */
    private boolean isOver() {
        return failed.entrySet().stream().allMatch(one -> one.getKey().lives() > one.getValue());
    }

    private boolean allInSync() {
        List<Member> inSync = Story.state(cluster).isr();
        return cluster.nodes().stream()
                .allMatch(node ->
                        node.isRunning() && inSync.contains(Story.identity(node).self()));
    }

    /** It does not run any more. */
    void lose(SimulatedNode node) {
        copyLost = true;
        node.loseDisk();
        node.slowDisk(random.nextBoolean()); // It is being rebuilt.
    }

    void lost() {
        copyLost = true;
    }

    /** An I/O to come fails, and the node will end and begin again as another incarnation (R36). */
    boolean fail(SimulatedNode node) {
        if (!mayLose(node)) {
            return false;
        }
        copyLost = true;
        failing.add(node);
        failed.put(node, node.lives());
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

    /** A bit of what lies in a sealed segment flips. */
    boolean flip(SimulatedNode node) {
        List<Path> sealed = sealed(node);
        if (sealed.isEmpty() || !mayLose(node)) {
            return false;
        }
        Path file = sealed.get(random.nextInt(sealed.size()));
        ByteBuffer content = ByteBuffer.wrap(node.disk().bytes(file));
        int position = random.nextInt(content.limit());
        if (isEpoch(content, position)) {
            return false; // Found by a scrub only, see docs/guarantees.md.
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
        if (node.isRunning()) {
            node.store().topics().forEach(log -> {
                Path directory = SimulatedNode.DIRECTORY.resolve(log.id().toString());
                try {
                    node.disk().list(directory).stream()
                            .filter(name -> name.endsWith(".log"))
                            .map(directory::resolve)
                            .filter(file -> node.disk().bytes(file).length > 0)
                            .forEach(found::add);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
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
