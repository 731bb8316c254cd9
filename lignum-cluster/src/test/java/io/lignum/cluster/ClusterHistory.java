package io.lignum.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;
import io.lignum.record.StoredRecord;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * A random history of a cluster from a seed: clients append through any node while nodes are killed, lose power, are
 * paused and cut off, and the coordinator fails; then all faults end, the cluster must heal, and every node must hold
 * every acknowledged record once, at the offset that was answered, and the same log as all others (V3, V9).
 */
final class ClusterHistory {

    private static final String TOPIC = "t";
    private static final int STEPS = 120;

    private final long seed;
    private final Random random;
    private final SimulatedCluster cluster;
    private final Map<String, Long> acknowledged = new HashMap<>();
    private final Set<String> refused = new HashSet<>();
    private final List<CompletableFuture<?>> open = new ArrayList<>();
    private final Map<SimulatedNode, Boolean> paused = new HashMap<>();
    private int sent;
    private int kills;

    ClusterHistory(long seed, int size) {
        this.seed = seed;
        random = new Random(seed);
        cluster = new SimulatedCluster(seed, size).start();
        cluster.createLive(TOPIC);
    }

    void run() {
        for (int step = 0; step < STEPS; step++) {
            act();
            cluster.run(Duration.ofMillis(random.nextInt(400)));
        }
        heal();
        check();
    }

    private SimulatedNode any() {
        return cluster.nodes().get(random.nextInt(cluster.nodes().size()));
    }

    private void act() {
        int what = random.nextInt(100);
        SimulatedNode node = any();
        if (what < 60) {
            send(node);
        } else if (what < 66) {
            stop(node);
        } else if (what < 76) {
            restart(node);
        } else if (what < 80) {
            cluster.network().cut(node.address(), any().address());
        } else if (what < 82) {
            cluster.network().isolate(node.address());
        } else if (what < 84) {
            cluster.network().reset(node.address());
        } else if (what < 90) {
            cluster.network().healAll();
        } else if (what < 93) {
            pause(node);
        } else if (what < 96) {
            resume(node);
        } else if (what < 98) {
            cluster.coordinator().cut(node.id());
        } else {
            cluster.coordinator().heal(node.id());
        }
    }

    private void send(SimulatedNode node) {
        if (!node.isRunning()) {
            return;
        }
        String text = "record " + sent++;
        CompletableFuture<ClusterNode.Committed> done = cluster.send(node, TOPIC, text);
        open.add(done);
        var unused = done.whenComplete((committed, failure) -> {
            Throwable cause = NodeContext.causeOf(failure);
            if (committed != null) {
                acknowledged.put(text, committed.firstOffset());
            } else if (cause instanceof ClusterException cluster
                    && cluster.outcome() == io.lignum.storage.Outcome.NOT_APPLIED) {
                refused.add(text);
            }
        });
    }

    private void stop(SimulatedNode node) {
        if (node.isRunning()) {
            kills++;
            paused.remove(node);
            if (random.nextBoolean()) {
                node.kill();
            } else {
                node.cutPower();
            }
        }
    }

    private void restart(SimulatedNode node) {
        if (!node.isRunning()) {
            node.start();
        }
    }

    private void pause(SimulatedNode node) {
        if (node.isRunning()) {
            node.pause();
            paused.put(node, true);
        }
    }

    private void resume(SimulatedNode node) {
        if (paused.remove(node) != null) {
            node.resume();
        }
    }

    private void heal() {
        cluster.network().healAll();
        for (SimulatedNode node : cluster.nodes()) {
            cluster.coordinator().heal(node.id());
            resume(node);
            restart(node);
        }
        cluster.run(Duration.ofSeconds(60));
        cluster.awaitInSync(cluster.nodes().size());
        cluster.append(cluster.leader(), TOPIC, "the last one");
        long end = cluster.leader().log(TOPIC).logEndOffset();
        cluster.until(
                Duration.ofSeconds(30),
                () -> cluster.nodes().stream()
                        .allMatch(node -> node.log(TOPIC).readableEndOffset() == end));
    }

    private void check() {
        List<String> first = null;
        for (SimulatedNode node : cluster.nodes()) {
            List<String> texts = new ArrayList<>();
            for (StoredRecord record : node.log(TOPIC).read(0)) {
                assertThat(record.offset()).isEqualTo(texts.size());
                texts.add(record.text());
            }
            if (first == null) {
                first = texts;
            }
            assertThat(texts).as("%s of seed %d", node.id(), seed).isEqualTo(first);
            assertThat(texts).as("%s of seed %d", node.id(), seed).doesNotHaveDuplicates();
            acknowledged.forEach((text, offset) -> assertThat(texts)
                    .as("%s of seed %d: %s was acknowledged at %d", node.id(), seed, text, offset)
                    .element(Math.toIntExact(offset))
                    .isEqualTo(text));
            assertThat(texts).as("refused, seed %d", seed).doesNotContainAnyElementsOf(refused);
        }
    }

    /** What happened, for people. */
    String summary() {
        return "seed " + seed + ": " + sent + " sent, " + acknowledged.size() + " acknowledged, "
                + refused.size() + " refused, " + kills + " kills, epoch "
                + cluster.leader().node().status().epoch();
    }
}
