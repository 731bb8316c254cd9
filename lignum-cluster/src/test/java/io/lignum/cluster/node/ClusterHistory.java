package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;
import io.lignum.cluster.sim.Trace;
import io.lignum.record.StoredRecord;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicLog;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * A random history of a cluster from a seed. {@link Clients} run while {@link Faults} begin and
 * end, and {@link Invariants} are checked after every step. Then all faults end, and the cluster
 * must recover: every node holds the same topics with the same logs, which match the responses to
 * the clients (V9, V12); every request has ended, and every topic can be used (V16).
 */
final class ClusterHistory {

    private static final int STEPS = 160;
    private static final int MOST_CALLS = 4;
    private static final int HEALING = 4;
    private static final int DISTURBANCES = 12;
    private static final int REFILLED_PERCENT = 20;
    private static final Duration LAG_LIMIT = Duration.ofSeconds(15);

    private final long seed;
    private final Random random;
    private final SimulatedCluster cluster;
    private final StateWrites writes = new StateWrites();
    private final Clients clients;
    private final Invariants invariants;
    private final Faults faults;

    ClusterHistory(long seed, int size) {
        this.seed = seed;
        random = new Random(seed);
        cluster = new SimulatedCluster(seed, size);
        cluster.coordinator().observe((key, before, after) -> {
            writes.applied(key, before, after);
            cluster.time().trace().add(key + " = " + after);
        });
        cluster.start();
        cluster.forcesTakeTime();
        invariants = new Invariants(cluster);
        clients = new Clients(cluster, random);
        invariants.trims(clients::trimmedBelow);
        faults = new Faults(cluster, random, clients, invariants);
        invariants.damages(faults.disks()::rotten);
        clients.damages(faults.disks()::mayBeDamaged);
    }

    void run() {
        for (int step = 0; step < STEPS; step++) {
            if (random.nextInt(100) < 70) {
                cluster.surviving(this::call);
            } else {
                cluster.surviving(this::fail);
            }
            cluster.run(Duration.ofMillis(random.nextInt(400)));
            check();
        }
        faults.heal();
        for (int i = 0; i < HEALING; i++) {
            cluster.run(Duration.ofSeconds(10));
            check();
            faults.operators().recoverIfLost();
        }
        clients.requests().awaitEnd();
        faults.operators().settle();
        mendAll();
        cluster.awaitInSync(cluster.nodes().size());
        disturb();
        cluster.awaitInSync(cluster.nodes().size());
        if (random.nextInt(100) < REFILLED_PERCENT) {
            refill(any());
        }
        clients.requests().awaitEnd();
        clients.assertUsable();
        untilAllAreAlike();
        judge();
        assertIdle();
    }

    /**
     * V16: no resource is held for a request that has ended, and no node gave up an intact copy.
     */
    private void assertIdle() {
        cluster.run(Duration.ofSeconds(2));
        for (SimulatedNode node : cluster.nodes()) {
            assertThat(node.store().status().pendingBytes())
                    .as("V16: bytes that %s holds for appends", node.id())
                    .isZero();
        }
        faults.disks().assertNoFalseDamage();
    }

    private boolean call() {
        faults.next();
        for (int calls = 1 + random.nextInt(MOST_CALLS); calls > 0; calls--) {
            clients.act(any());
        }
        return true;
    }

    private boolean fail() {
        faults.next();
        faults.act(any(), any());
        return true;
    }

    /** Runs a healthy cluster with load and a few temporary faults. */
    private void disturb() {
        for (int i = 0; i < DISTURBANCES; i++) {
            cluster.surviving(this::call);
            clients.churn(any(), any());
            cluster.run(Duration.ofMillis(random.nextInt(100)));
            if (random.nextInt(100) < 40) {
                SimulatedNode leader = cluster.findLeader().orElseGet(this::any);
                faults.disturb(random.nextBoolean() ? leader : any(), any());
            }
            cluster.run(Duration.ofMillis(random.nextInt(300)));
            check();
        }
        cluster.run(LAG_LIMIT); // A node that is not served by now is no longer in sync.
        check();
    }

    /**
     * Trims what its producers sent on all other nodes, before a follower fetches the rest, and
     * then leads.
     */
    private void refill(SimulatedNode node) {
        clients.trimAll(cluster.leader());
        cluster.run(Duration.ofSeconds(1));
        if (faults.refill(node)) {
            cluster.awaitInSync(cluster.nodes().size());
            faults.operators().transfer(cluster.leader(), node);
            cluster.run(Duration.ofSeconds(1));
            cluster.awaitInSync(cluster.nodes().size());
        }
    }

    private SimulatedNode any() {
        return cluster.nodes().get(random.nextInt(cluster.nodes().size()));
    }

    private void check() {
        faults.endFailed();
        writes.assertNone();
        invariants.check();
        clients.assertNoViolation();
    }

    /** Reading what is damaged makes the node fetch it again. */
    private void mendAll() {
        SimulatedNode rotten = faults.disks().rotten();
        if (rotten != null) {
            cluster.until(Duration.ofSeconds(60), () -> rotten.isRunning() && isReadable(rotten));
        }
    }

    private static boolean isReadable(SimulatedNode node) {
        try {
            node.store().topics().forEach(log -> ClusterScenario.bytes(log, log.logStartOffset()));
            return true;
        } catch (StorageException.CorruptLog | StorageException.Closed e) {
            return false;
        }
    }

    private void untilAllAreAlike() {
        ClusterScenario.append(cluster, cluster.leader(), Clients.LIVE, "the last one");
        clients.finish(cluster.leader());
        try {
            cluster.until(
                    Duration.ofSeconds(60),
                    () -> cluster.nodes().stream().map(this::shape).distinct().count() == 1);
        } catch (AssertionError e) {
            String shapes = cluster.nodes().stream()
                    .map(node -> node.id() + " " + shape(node))
                    .collect(Collectors.joining("\n"));
            throw new AssertionError("the nodes do not become alike:\n" + shapes, e);
        }
        check();
    }

    /** A node's topics and their readable ends. */
    private Map<String, String> shape(SimulatedNode node) {
        Map<String, String> shape = new TreeMap<>();
        node.store()
                .topics()
                .forEach(log -> shape.put(
                        log.name() + log.config(),
                        log.id() + ", " + log.logStartOffset() + " to " + log.readableEndOffset()));
        return shape;
    }

    private void judge() {
        for (String topic : Clients.TOPICS) {
            List<String> first = read(cluster.node(1), topic);
            for (SimulatedNode node : cluster.nodes()) {
                assertThat(read(node, topic)).as("%s on %s", topic, node.id()).isEqualTo(first);
            }
            assertThat(first).as(topic).doesNotHaveDuplicates();
            assertThat(clients.refusedBut(topic, first))
                    .as("refused in %s", topic)
                    .isEmpty();
        }
        clients.judge(Clients.LIVE, read(cluster.node(1), Clients.LIVE));
        clients.judge(Clients.EXACT, read(cluster.node(1), Clients.EXACT));
        clients.judge(Clients.WIDE, read(cluster.node(1), Clients.WIDE));
        assertThat(clients.lost(
                        Clients.TRIMMED_EXACT, read(cluster.node(1), Clients.TRIMMED_EXACT)))
                .as("V9 of %s", Clients.TRIMMED_EXACT)
                .isEmpty();
        if (!faults.disks().isCopyLost()) {
            judgeLostWal(Clients.WAL);
            judgeLostWal(Clients.TRIMMED);
        }
    }

    /**
     * V12: records that a failed leader had acknowledged and not sent are at least in a side file.
     */
    private void judgeLostWal(String topic) {
        UUID id = cluster.leader().log(topic).id();
        StringBuilder aside = new StringBuilder();
        for (SimulatedNode node : cluster.nodes()) {
            ClusterScenario.sideFiles(node, id)
                    .forEach(file -> aside.append(new String(file, StandardCharsets.ISO_8859_1)));
        }
        assertThat(clients.lost(topic, read(cluster.node(1), topic)))
                .as("V12 of %s", topic)
                .allMatch(text -> aside.indexOf(text) >= 0);
    }

    private static List<String> read(SimulatedNode node, String topic) {
        TopicLog log = node.log(topic);
        List<String> texts = new ArrayList<>();
        for (StoredRecord record : log.read(log.logStartOffset())) {
            assertThat(record.offset()).isEqualTo(log.logStartOffset() + texts.size());
            texts.add(record.text());
        }
        return texts;
    }

    Map<Fault, Integer> faults() {
        return faults.counts();
    }

    long acknowledged() {
        return clients.acknowledgedCount();
    }

    Duration simulated() {
        return Duration.ofNanos(cluster.time().monotonicNanos());
    }

    long events() {
        return cluster.time().trace().events();
    }

    /** A hash of everything that happened and of all nodes' disks; ends the history. */
    String trace() {
        Trace trace = cluster.time().trace();
        for (SimulatedNode node : cluster.nodes()) {
            trace.add(node.id() + " " + node.disk().ioCount());
            node.store()
                    .topics()
                    .forEach(log -> trace.add(ClusterScenario.bytes(log, log.logStartOffset())));
        }
        return trace.finish();
    }

    /** A summary for the log. */
    String summary() {
        return "seed " + seed + ", " + faults.mood() + ": " + clients.summary() + ", "
                + faults.counts().values().stream().mapToInt(Integer::intValue).sum() + " faults, "
                + invariants.cuts() + " batches cut, " + invariants.restarts()
                + " logs emptied, epoch "
                + ClusterScenario.state(cluster).epoch();
    }
}
