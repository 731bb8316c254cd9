package io.lignum.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;
import io.lignum.record.LogRecord;
import io.lignum.record.ProducerStamp;
import io.lignum.storage.AppendOptions;
import io.lignum.storage.Outcome;
import io.lignum.storage.StorageException;
import io.lignum.storage.TopicConfig;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** What users do during a history, and what they may hold against the cluster afterwards. */
final class Clients {

    static final String LIVE = "live";
    static final String WAL = "wal";
    static final String TRIMMED = "trimmed";
    static final String MIXED = "mixed";
    static final String EXACT = "exact";
    static final List<String> TOPICS = List.of(LIVE, WAL, TRIMMED, MIXED, EXACT);

    private static final TopicConfig WAL_CONFIG = TopicConfig.DEFAULT.withSegmentMaxRecords(12);
    private static final TopicConfig LIVE_CONFIG = WAL_CONFIG.withReplication(true, 0);
    private static final int PRODUCERS = 3;

    /** Sends one record after the other, each again until it is acknowledged (R34). */
    private static final class Producer {
        private final long id;
        private int sequence;
        private boolean waiting;
        private @Nullable Throwable broken;

        Producer(long id) {
            this.id = id;
        }

        String text() {
            return "producer " + id + " record " + sequence;
        }
    }

    private final SimulatedCluster cluster;
    private final Random random;
    private final Map<String, Map<String, Long>> acknowledged = new HashMap<>();
    private final Map<String, Set<String>> refused = new HashMap<>();
    private final Map<String, Long> acknowledgedEnd = new HashMap<>();
    private final List<Producer> producers = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private int sent;
    private int reads;
    private int temporary;
    private final Trims trims = new Trims();

    Clients(SimulatedCluster cluster, Random random) {
        this.cluster = cluster;
        this.random = random;
        cluster.create(LIVE, LIVE_CONFIG);
        cluster.create(EXACT, LIVE_CONFIG);
        cluster.create(WAL, WAL_CONFIG);
        cluster.create(TRIMMED, WAL_CONFIG);
        cluster.create(MIXED, WAL_CONFIG);
        for (int i = 1; i <= PRODUCERS; i++) {
            producers.add(new Producer(i));
        }
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
        if (what < 40) {
            send(node, LIVE);
        } else if (what < 47) {
            send(node, WAL);
        } else if (what < 52) {
            send(node, TRIMMED);
        } else if (what < 55) {
            trim(node);
        } else if (what < 62) {
            send(node, MIXED);
        } else if (what < 80) {
            produce(node, producers.get(random.nextInt(PRODUCERS)));
        } else if (what < 92) {
            read(node);
        } else if (what < 95) {
            boolean live = random.nextBoolean();
            var unused = node.node().alterTopic(MIXED, WAL_CONFIG.withReplication(live, 0));
        } else {
            createOrDelete(node);
        }
    }

    private void trim(SimulatedNode node) {
        if (node.store().findTopic(TRIMMED).isPresent()) {
            long end = node.log(TRIMMED).readableEndOffset();
            Trims.Trim trim = trims.begin(end);
            var unused = node.node().trimTopic(TRIMMED, end).whenComplete((done, failure) -> {
                if (failure == null || isNotApplied(failure)) {
                    trims.end(trim);
                }
            });
        }
    }

    private void createOrDelete(SimulatedNode node) {
        String name = "temporary-" + random.nextInt(4);
        temporary++;
        if (random.nextBoolean()) {
            var unused = node.node().createTopic(name, LIVE_CONFIG);
        } else {
            var unused = node.node().deleteTopic(name);
        }
    }

    private void send(SimulatedNode node, String topic) {
        String text = "record " + sent++;
        var unused = cluster.send(node, topic, text).whenComplete((committed, failure) -> {
            if (committed != null) {
                acknowledged(topic, text, committed.firstOffset());
            } else if (isNotApplied(failure)) {
                refused(topic, text);
            }
        });
    }

    /** This was answered with a definite no. */
    void refused(String topic, String text) {
        refusedIn(topic).add(text);
    }

    private void acknowledged(String topic, String text, long offset) {
        acknowledgedIn(topic).put(text, offset);
        acknowledgedEnd.merge(topic, offset + 1, Math::max);
        if (topic.equals(TRIMMED)) {
            trims.acknowledged(text, offset);
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

    private void produce(SimulatedNode node, Producer producer) {
        if (producer.waiting) {
            return;
        }
        producer.waiting = true;
        String text = producer.text();
        int sequence = producer.sequence;
        ProducerStamp stamp = new ProducerStamp(producer.id, (short) 0, sequence);
        var unused = node.node()
                .append(
                        EXACT,
                        List.of(LogRecord.of(text)),
                        AppendOptions.from(stamp),
                        ClusterNode.Elsewhere.FORWARD)
                .whenComplete((committed, failure) -> {
                    if (committed != null) {
                        acknowledged(EXACT, text, committed.firstOffset());
                    }
                    if (sequence == producer.sequence) { // Else an earlier try's answer.
                        producer.waiting = false;
                        producer.sequence += committed != null ? 1 : 0;
                        producer.broken = isBroken(failure) ? failure : null;
                    }
                });
    }

    /** A producer that numbers its records rightly is never told that it does not. */
    private static boolean isBroken(@Nullable Throwable failure) {
        Throwable cause = NodeContext.causeOf(failure);
        return String.valueOf(cause).contains("SEQUENCE")
                || String.valueOf(cause).contains("equence")
                || cause instanceof StorageException.UnknownProducer;
    }

    /** V10: a read that begins after an acknowledgement reaches it. */
    private void read(SimulatedNode node) {
        String topic = random.nextBoolean() ? LIVE : EXACT;
        if (node.store().findTopic(topic).isEmpty()) {
            return;
        }
        long atLeast = acknowledgedEnd.getOrDefault(topic, 0L);
        var unused = node.node().readIndex(node.log(topic)).thenAccept(end -> {
            reads++;
            if (end < atLeast) {
                violations.add("V10: " + node.id() + " may read " + topic + " up to " + end
                        + ", acknowledged before is " + atLeast);
            }
        });
    }

    /** A node died: who waited for it tries elsewhere. */
    void nodeDied() {
        producers.forEach(producer -> producer.waiting = false);
    }

    void assertNoViolation() {
        assertThat(violations).isEmpty();
    }

    /**
     * Every producer gets one more record through. Meanwhile it may be told otherwise by a leader that was replaced and
     * does not know it yet: that one's window is old.
     */
    void finish(SimulatedNode leader) {
        for (Producer producer : producers) {
            producer.waiting = false;
            produce(leader, producer);
            cluster.until(Duration.ofSeconds(40), () -> !producer.waiting);
            assertThat(producer.broken).as("producer %d", producer.id).isNull();
        }
    }

    // ---- afterwards

    /** V9: what is acknowledged is there once and where it was said; what is refused is not; nothing is there twice. */
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

    /** V12: records that were acknowledged and are not in the log any more. */
    Set<String> lost(String topic, List<String> texts) {
        Set<String> lost = new HashSet<>(acknowledgedIn(topic).keySet());
        lost.removeAll(new HashSet<>(texts));
        if (topic.equals(TRIMMED)) {
            lost.removeIf(trims::mayHaveTaken);
        }
        return lost;
    }

    Optional<String> refusedBut(String topic, List<String> texts) {
        return texts.stream().filter(refusedIn(topic)::contains).findFirst();
    }

    long trimmedBelow() {
        return trims.below();
    }

    int acknowledgedCount() {
        return acknowledged.values().stream().mapToInt(Map::size).sum();
    }

    String summary() {
        return sent + " sent, " + acknowledgedCount() + " acknowledged, " + reads + " reads, "
                + temporary + " topic commands";
    }
}
