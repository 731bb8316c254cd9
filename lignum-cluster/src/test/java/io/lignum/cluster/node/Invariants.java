package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.internal.state.ClusterState;
import io.lignum.cluster.internal.topics.TopicCatalog;
import io.lignum.cluster.peer.Member;
import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;
import io.lignum.record.RecordBatch;
import io.lignum.storage.LogCursor;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicLog;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * The invariants that hold at every step of a history: V3, V4, V5, V7, V8 and V11, over all running
 * nodes.
 */
final class Invariants {

    private static final List<String> ALWAYS_LIVE =
            List.of(TopicCatalog.NAME, Clients.LIVE, Clients.EXACT, Clients.WIDE);
    private static final List<String> AT_TIMES_LIVE = List.of(
            TopicCatalog.NAME,
            Clients.LIVE,
            Clients.EXACT,
            Clients.WIDE,
            Clients.TRIMMED_EXACT,
            Clients.MIXED);

    private record Place(UUID topic, int epoch, long offset) {}

    private record Spot(UUID topic, long offset) {}

    private record Copy(SimulatedNode node, UUID topic) {}

    /** A batch, and the node that had it first. */
    private static final class Known {
        private final ByteBuffer bytes;
        private final SimulatedNode first;
        private boolean shared;

        Known(ByteBuffer bytes, SimulatedNode first) {
            this.bytes = bytes;
            this.first = first;
        }
    }

    /** A log at the last check. */
    private static final class Seen {
        private final TreeMap<Long, ByteBuffer> batches = new TreeMap<>();
        private final Map<Long, Place> places = new HashMap<>();
        private int life;
        private int epoch;
        private long highWatermark;
    }

    private final SimulatedCluster cluster;
    private final Map<Place, Known> everywhere = new HashMap<>();
    private final Map<Spot, ByteBuffer> committed = new HashMap<>();
    private final Map<String, Long> highestCommitted = new HashMap<>();
    private final Map<Copy, Seen> seen = new HashMap<>();
    private ToLongFunction<String> trimmedBelow = topic -> 0;
    private Supplier<@Nullable SimulatedNode> damaged = () -> null;
    private int cuts;
    private int restarts;

    Invariants(SimulatedCluster cluster) {
        this.cluster = cluster;
    }

    /** Sets how far clients want a topic to be trimmed; records below may be missing. */
    void trims(ToLongFunction<String> below) {
        trimmedBelow = below;
    }

    /**
     * Sets the node whose bytes may differ from what was written; its logs may be replaced at any
     * time.
     */
    void damages(Supplier<@Nullable SimulatedNode> node) {
        damaged = node;
    }

    int cuts() {
        return cuts;
    }

    int restarts() {
        return restarts;
    }

    /** The unforced data of this node may be lost. */
    void unforcedIsLost(SimulatedNode node) {
        seen.keySet().removeIf(copy -> copy.node().equals(node));
    }

    void check() {
        cluster.observing(() -> {
            for (SimulatedNode node : cluster.nodes()) {
                if (node.isRunning()) {
                    assertThat(node.node().failure())
                            .as("%s goes on", node.id())
                            .isNotDone();
                    node.store().topics().forEach(log -> checkOrDamaged(node, log));
                }
            }
            AT_TIMES_LIVE.forEach(this::checkDurable);
        });
    }

    private void checkOrDamaged(SimulatedNode node, TopicLog log) {
        if (node != damaged.get()) {
            check(node, log);
            return;
        }
        seen.remove(new Copy(node, log.id()));
        try {
            check(node, log);
        } catch (StorageException.CorruptLog e) {
            seen.remove(new Copy(node, log.id()));
        }
    }

    private void check(SimulatedNode node, TopicLog log) {
        Copy copy = new Copy(node, log.id());
        Seen before = seen.computeIfAbsent(copy, key -> new Seen());
        int epoch = ClusterScenario.identity(node).epoch();
        boolean same = before.life == node.lives() && before.epoch == epoch;
        before.batches.headMap(trimmedBelow.applyAsLong(log.name())).clear(); // As requested.
        long from = same && !before.batches.isEmpty()
                ? Math.min(before.batches.lastKey(), log.logEndOffset())
                : log.logStartOffset();
        if (log.lastEpoch().isEmpty() && log.logStartOffset() > 0) {
            checkRestart(copy, before);
        }
        from = Math.max(from, log.logStartOffset());
        before.batches.headMap(log.logStartOffset()).clear(); // Trimmed, as clients requested.
        Map<Long, ByteBuffer> now = read(node, log, from, before.places);
        if (!now.isEmpty() || from == log.logStartOffset()) {
            compare(copy, before, from, now);
        }
        checkWatermark(node, log, before);
        before.life = node.lives();
        before.epoch = epoch;
    }

    /** V3 and V4 for everything read; V8 for what is readable. */
    private Map<Long, ByteBuffer> read(
            SimulatedNode node, TopicLog log, long from, Map<Long, Place> places) {
        TreeMap<Long, ByteBuffer> found = new TreeMap<>();
        long readable = AT_TIMES_LIVE.contains(log.name()) ? log.highWatermark().orElse(0) : 0;
        int epoch = 0;
        try (LogCursor cursor = log.replicationCursor(from)) {
            while (cursor.next()) {
                RecordBatch batch = cursor.batch();
                ByteBuffer bytes = bytes(batch);
                found.put(batch.baseOffset(), bytes);
                if (batch.epoch() < epoch) {
                    fail("V4", node, log.name(), batch.baseOffset());
                }
                epoch = batch.epoch();
                Place place = new Place(log.id(), epoch, batch.baseOffset());
                Known known = everywhere.computeIfAbsent(place, any -> new Known(bytes, node));
                if (!known.bytes.equals(bytes)) {
                    fail("V3", node, log.name(), batch.baseOffset());
                }
                known.shared |= known.first != node;
                places.put(batch.baseOffset(), place);
                Spot spot = new Spot(log.id(), batch.baseOffset());
                if (batch.nextOffset() <= readable
                        && !same(committed.putIfAbsent(spot, bytes), bytes)) {
                    fail("V8", node, log.name(), batch.baseOffset());
                }
            }
        }
        return found;
    }

    private static boolean same(@Nullable ByteBuffer known, ByteBuffer bytes) {
        return known == null || known.equals(bytes);
    }

    private static ByteBuffer bytes(RecordBatch batch) {
        ByteBuffer slice = batch.slice();
        byte[] copy = new byte[batch.sizeInBytes()];
        slice.get(slice.position(), copy);
        return ByteBuffer.wrap(copy);
    }

    /** V11: removed records are in a side file, byte for byte. */
    private void compare(Copy copy, Seen before, long from, Map<Long, ByteBuffer> now) {
        List<byte[]> sides = List.of();
        for (Map.Entry<Long, ByteBuffer> old : before.batches.tailMap(from).entrySet()) {
            if (!old.getValue().equals(now.get(old.getKey()))) {
                if (sides.isEmpty()) {
                    sides = ClusterScenario.sideFiles(copy.node(), copy.topic());
                }
                cuts++;
                byte[] lost = old.getValue().array();
                if (sides.stream().noneMatch(side -> contains(side, lost))) {
                    throw new AssertionError("V11: " + copy.node().id() + " cut offset "
                            + old.getKey() + " of " + copy.topic() + " without a trace");
                }
            }
        }
        before.batches.tailMap(from).clear();
        before.batches.putAll(now);
    }

    /**
     * The log was restarted elsewhere: records that only this node had are in a side file (V11,
     * V12).
     */
    private void checkRestart(Copy copy, Seen before) {
        List<byte[]> sides = ClusterScenario.sideFiles(copy.node(), copy.topic());
        before.batches.forEach((offset, bytes) -> {
            Known known = everywhere.get(before.places.get(offset));
            byte[] lost = new byte[bytes.remaining()];
            bytes.duplicate().get(lost);
            if (known != null
                    && !known.shared
                    && sides.stream().noneMatch(side -> contains(side, lost))) {
                throw new AssertionError("V12: " + copy.node().id() + " alone had offset " + offset
                        + " of " + copy.topic() + ", which went without a trace");
            }
        });
        restarts += before.batches.isEmpty() ? 0 : 1;
        before.batches.clear();
        before.places.clear();
    }

    private static boolean contains(byte[] all, byte[] part) {
        return new String(all, StandardCharsets.ISO_8859_1)
                .contains(new String(part, StandardCharsets.ISO_8859_1));
    }

    /** V7, within one process. */
    private static void checkWatermark(SimulatedNode node, TopicLog log, Seen before) {
        if (ALWAYS_LIVE.contains(log.name())) {
            long now = log.highWatermark().orElse(0);
            if (before.life == node.lives() && now < before.highWatermark) {
                fail("V7", node, log.name(), now);
            }
            before.highWatermark = now;
        }
    }

    /**
     * V5: everything that any node knows or knew to be committed is durable on every listed member
     * that still has its incarnation, also after the topic became a wal topic.
     */
    private void checkDurable(String topic) {
        long highest = highestCommitted.getOrDefault(topic, 0L);
        for (SimulatedNode node : cluster.nodes()) {
            if (node.isRunning() && node.store().findTopic(topic).isPresent()) {
                highest = Math.max(highest, node.log(topic).highWatermark().orElse(0));
            }
        }
        highestCommitted.put(topic, highest);
        List<Member> isr =
                ClusterScenario.findState(cluster).map(ClusterState::isr).orElse(List.of());
        for (SimulatedNode node : cluster.nodes()) {
            if (node.isRunning() && isr.contains(ClusterScenario.identity(node).self())) {
                long durable = node.store()
                        .findTopic(topic)
                        .map(TopicLog::flushedOffset)
                        .orElse(0L);
                if (durable < highest) {
                    fail("V5: " + highest + " is committed", node, topic, durable);
                }
            }
        }
    }

    private static void fail(String rule, SimulatedNode node, String topic, long offset) {
        throw new AssertionError(
                rule + ": " + node.id() + ", topic " + topic + ", offset " + offset);
    }
}
