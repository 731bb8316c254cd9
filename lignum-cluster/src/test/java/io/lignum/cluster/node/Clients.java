package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.AppendResult;
import io.lignum.cluster.ClusterException;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;
import io.lignum.storage.Outcome;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicConfig;
import io.lignum.storage.TopicLog;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;

/** The clients of a history, and the checks of their results. */
final class Clients {

    static final String LIVE = "live";
    static final String WAL = "wal";
    static final String TRIMMED = "trimmed";
    static final String MIXED = "mixed";
    static final String EXACT = "exact";
    /**
     * A topic with producers and trims: a node that fetches it again does not see all that its
     * producers sent.
     */
    static final String TRIMMED_EXACT = "trimmed-exact";
    /** A topic with records so large that its segments have indexes. */
    static final String WIDE = "wide";

    static final List<String> TOPICS =
            List.of(LIVE, WAL, TRIMMED, MIXED, EXACT, TRIMMED_EXACT, WIDE);

    private static final TopicConfig WAL_CONFIG = TopicConfig.DEFAULT.withSegmentMaxRecords(12);
    private static final TopicConfig LIVE_CONFIG = WAL_CONFIG.withReplication(true, 0);
    private static final TopicConfig WIDE_CONFIG = LIVE_CONFIG.withSegmentMaxRecords(4);
    private static final String PADDING = " ".repeat(6_000);
    private static final int TEMPORARY = 4;
    private static final int TEMPORARY_BURST = 3;
    private static final int LONGEST_DELETE_MILLIS = 30;

    private final SimulatedCluster cluster;
    private final Random random;
    private final Map<String, Map<String, Long>> acknowledged = new HashMap<>();
    private final Map<String, Set<String>> refused = new HashMap<>();
    private final Map<String, Long> acknowledgedEnd = new HashMap<>();
    private final Requests requests;
    private final Producers exact;
    private final Producers trimmedExact;
    private final List<String> violations = new ArrayList<>();
    private int sent;
    private int reads;
    private int temporary;
    private Predicate<SimulatedNode> mayBeDamaged = node -> false;
    private final Map<String, Trims> trims =
            Map.of(TRIMMED, new Trims(), TRIMMED_EXACT, new Trims());

    Clients(SimulatedCluster cluster, Random random) {
        this.cluster = cluster;
        this.random = random;
        cluster.create(LIVE, LIVE_CONFIG);
        cluster.create(EXACT, LIVE_CONFIG);
        cluster.create(WAL, WAL_CONFIG);
        cluster.create(TRIMMED, WAL_CONFIG);
        cluster.create(MIXED, WAL_CONFIG);
        cluster.create(TRIMMED_EXACT, LIVE_CONFIG.withSegmentMaxRecords(2));
        cluster.create(WIDE, WIDE_CONFIG);
        requests = new Requests(cluster);
        exact = producers(EXACT);
        trimmedExact = producers(TRIMMED_EXACT);
    }

    private Producers producers(String topic) {
        return new Producers(
                cluster,
                requests,
                topic,
                (text, committed) -> acknowledged(topic, text, committed));
    }

    /** Sets which nodes' bytes may differ from what was written. */
    void damages(Predicate<SimulatedNode> nodes) {
        mayBeDamaged = nodes;
    }

    /** The requests without a response. */
    Requests requests() {
        return requests;
    }

    private Map<String, Long> acknowledgedIn(String topic) {
        return acknowledged.computeIfAbsent(topic, name -> new HashMap<>());
    }

    private Set<String> refusedIn(String topic) {
        return refused.computeIfAbsent(topic, name -> new HashSet<>());
    }

    void act(SimulatedNode node) {
        if (!node.isRunning()) {
            return;
        }
        int what = random.nextInt(100);
        if (what < 38) {
            send(node, LIVE);
        } else if (what < 45) {
            send(node, WAL);
        } else if (what < 50) {
            send(node, TRIMMED);
        } else if (what < 56) {
            trim(node, random.nextBoolean() ? TRIMMED : TRIMMED_EXACT);
        } else if (what < 61) {
            send(node, MIXED);
        } else if (what < 66) {
            send(node, WIDE);
        } else if (what < 78) {
            exact.produce(node, random);
        } else if (what < 82) {
            trimmedExact.produce(node, random);
        } else if (what < 87) {
            read(node);
        } else if (what < 90) {
            readOne(node, WIDE);
        } else if (what < 92) {
            boolean live = random.nextBoolean();
            requests.track(
                    node,
                    "alter",
                    node.node().alterTopic(MIXED, WAL_CONFIG.withReplication(live, 0)));
        } else {
            temporary(node, "temporary-" + random.nextInt(TEMPORARY));
        }
    }

    private void trim(SimulatedNode node, String topic) {
        if (node.store().findTopic(topic).isPresent()) {
            Trims all = trimsOf(topic);
            long end = node.log(topic).readableEndOffset();
            Trims.Trim trim = all.begin(end);
            var asked = requests.add(node, "trim", node.node().trimTopic(topic, end));
            var unused = asked.whenComplete((done, failure) -> {
                if (failure == null || isNotApplied(failure)) {
                    all.end(trim);
                }
            });
        }
    }

    private Trims trimsOf(String topic) {
        return Objects.requireNonNull(trims.get(topic));
    }

    /** Creates and deletes a topic while others append to it, which also creates it. */
    private void temporary(SimulatedNode node, String name) {
        temporary++;
        switch (random.nextInt(4)) {
            case 0 -> requests.track(node, "create", node.node().createTopic(name, LIVE_CONFIG));
            case 1 -> {
                requests.track(node, "delete", node.node().deleteTopic(name));
                sendTo(node, name, random.nextInt(TEMPORARY_BURST));
            }
            default -> sendTo(node, name, 1 + random.nextInt(TEMPORARY_BURST));
        }
    }

    private void sendTo(SimulatedNode node, String name, int count) {
        for (int i = 0; i < count; i++) {
            requests.track(node, "append to " + name, cluster.send(node, name, "passing"));
        }
    }

    private void send(SimulatedNode node, String topic) {
        String text = "record " + sent++ + (topic.equals(WIDE) ? PADDING : "");
        var asked = requests.add(node, "append to " + topic, cluster.send(node, topic, text));
        var unused = asked.whenComplete((committed, failure) -> {
            if (committed != null) {
                acknowledged(topic, text, committed);
            } else if (isNotApplied(failure)) {
                refused(topic, text);
            }
        });
    }

    /** Adds a record that was refused with NOT_APPLIED. */
    void refused(String topic, String text) {
        refusedIn(topic).add(text);
    }

    private void acknowledged(String topic, String text, AppendResult committed) {
        long offset = committed.firstOffset();
        acknowledgedIn(topic).put(text, offset);
        acknowledgedEnd.merge(topic, offset + 1, Math::max);
        if (trims.containsKey(topic)) {
            trimsOf(topic).acknowledged(text, offset, committed.duplicate());
        }
    }

    private static boolean isNotApplied(@Nullable Throwable failure) {
        Throwable cause = NodeContext.causeOf(failure);
        if (cause instanceof ClusterException cluster) {
            return cluster.outcome() == Outcome.NOT_APPLIED;
        }
        return cause instanceof StorageException storage
                && storage.outcome() == Outcome.NOT_APPLIED;
    }

    /** Deletes a topic while others append to it, which creates it again. */
    void churn(SimulatedNode node, SimulatedNode other) {
        if (node.isRunning() && other.isRunning()) {
            String name = "temporary-" + random.nextInt(2);
            requests.track(node, "delete", node.node().deleteTopic(name));
            for (int i = 0; i < TEMPORARY_BURST; i++) {
                sendSoon(node, name);
                sendSoon(other, name);
            }
        }
    }

    /** Appends soon, most often during the deletion of the topic. */
    private void sendSoon(SimulatedNode node, String name) {
        Duration delay = Duration.ofMillis(random.nextInt(LONGEST_DELETE_MILLIS));
        cluster.time().schedule(delay, () -> {
            if (node.isRunning()) {
                sendTo(node, name, 1);
            }
        });
    }

    /** Trims everything that the producers of the trimmed topic have sent. */
    void trimAll(SimulatedNode node) {
        trim(node, TRIMMED_EXACT);
    }

    /** Reads one record at a random offset. */
    private void readOne(SimulatedNode node, String topic) {
        Optional<TopicLog> log = node.store().findTopic(topic);
        long end = log.map(TopicLog::readableEndOffset).orElse(0L);
        if (log.isEmpty() || end == 0) {
            return;
        }
        long offset = random.nextInt((int) end);
        try {
            assertThat(log.get().read(offset).iterator().next().offset()).isEqualTo(offset);
        } catch (StorageException.DiskFailed | StorageException.Overloaded passing) {
            reads--; // The client retries.
        } catch (StorageException.CorruptLog e) {
            if (!mayBeDamaged.test(node)) {
                violations.add("R40: " + node.id() + " takes for damaged what is whole: " + e);
            }
        }
        reads++;
    }

    /** V10: a read that begins after an acknowledgement returns the record. */
    private void read(SimulatedNode node) {
        String topic = random.nextBoolean() ? LIVE : EXACT;
        if (node.store().findTopic(topic).isEmpty()) {
            return;
        }
        long atLeast = acknowledgedEnd.getOrDefault(topic, 0L);
        var asked = requests.add(node, "read index", node.node().readIndex(node.log(topic)));
        var unused = asked.thenAccept(end -> {
            reads++;
            if (end < atLeast) {
                violations.add("V10: " + node.id() + " may read " + topic + " up to " + end
                        + ", acknowledged before is " + atLeast);
            }
        });
    }

    /** A node died: its waiting clients try another node. */
    void nodeDied() {
        exact.nodeDied();
        trimmedExact.nodeDied();
    }

    void assertNoViolation() {
        assertThat(violations).isEmpty();
    }

    /** Every producer appends one more record. */
    void finish(SimulatedNode leader) {
        exact.finish(leader);
        trimmedExact.finish(leader);
    }

    /** V16: all requests have ended, and every topic's name can be used at any node. */
    void assertUsable() {
        requests.assertEnded();
        List<String> names = new ArrayList<>(TOPICS);
        for (int i = 0; i < TEMPORARY; i++) {
            names.add("temporary-" + i);
        }
        for (String name : names) {
            SimulatedNode node =
                    cluster.nodes().get(random.nextInt(cluster.nodes().size()));
            String text = "usable";
            long offset = ClusterScenario.append(cluster, node, name, text + " " + name);
            cluster.until(
                    Duration.ofSeconds(20),
                    () -> node.store()
                            .findTopic(name)
                            .filter(log -> log.readableEndOffset() > offset)
                            .isPresent());
            assertThat(node.log(name).read(offset).iterator().next().text())
                    .as("V16: %s", name)
                    .startsWith(text);
        }
    }

    // ---- final checks

    /**
     * V9: acknowledged records are there once, at their offset; refused ones are not; nothing is
     * there twice.
     */
    void judge(String topic, List<String> texts) {
        assertThat(texts).as(topic).doesNotHaveDuplicates();
        assertThat(texts)
                .as("refused in %s", topic)
                .doesNotContainAnyElementsOf(
                        refusedIn(topic).isEmpty() ? Set.of("nothing") : refusedIn(topic));
        acknowledgedIn(topic).forEach((text, offset) -> {
            if (offset >= texts.size() || !texts.get(Math.toIntExact(offset)).equals(text)) {
                throw new AssertionError("V9: " + topic + ": " + text + " was acknowledged at "
                        + offset + " of " + texts.size() + " and is not there");
            }
        });
    }

    /** V12: acknowledged records that are missing from the log. */
    Set<String> lost(String topic, List<String> texts) {
        Set<String> lost = new HashSet<>(acknowledgedIn(topic).keySet());
        lost.removeAll(new HashSet<>(texts));
        if (trims.containsKey(topic)) {
            lost.removeIf(trimsOf(topic)::mayHaveTaken);
        }
        return lost;
    }

    Optional<String> refusedBut(String topic, List<String> texts) {
        return texts.stream().filter(refusedIn(topic)::contains).findFirst();
    }

    /** The largest offset below which clients wanted the topic to be trimmed. */
    long trimmedBelow(String topic) {
        Trims wanted = trims.get(topic);
        return wanted == null ? 0 : wanted.below();
    }

    int acknowledgedCount() {
        return acknowledged.values().stream().mapToInt(Map::size).sum();
    }

    String summary() {
        return sent + " sent, " + acknowledgedCount() + " acknowledged, " + reads + " reads, "
                + temporary + " topic commands";
    }
}
