package io.lignum.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.AppendResult;
import io.lignum.cluster.NotLeaderPolicy;
import io.lignum.cluster.internal.state.NodeContext;
import io.lignum.cluster.sim.SimulatedCluster;
import io.lignum.cluster.sim.SimulatedNode;
import io.lignum.record.LogRecord;
import io.lignum.record.ProducerStamp;
import io.lignum.storage.AppendOptions;
import io.lignum.storage.StorageException;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;

/**
 * Idempotent producers of one topic. Each sends one record after the other, and repeats it until it
 * is acknowledged (R34).
 */
final class Producers {

    private static final int COUNT = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final Duration PAUSE = Duration.ofMillis(20);

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
    private final Requests requests;
    private final String topic;
    private final BiConsumer<String, AppendResult> acknowledged;
    private final List<Producer> producers = new ArrayList<>();

    /** @param acknowledged called with each record's text and offset */
    Producers(
            SimulatedCluster cluster,
            Requests requests,
            String topic,
            BiConsumer<String, AppendResult> acknowledged) {
        this.cluster = cluster;
        this.requests = requests;
        this.topic = topic;
        this.acknowledged = acknowledged;
        for (int i = 1; i <= COUNT; i++) {
            producers.add(new Producer(i));
        }
    }

    /** Lets one producer send, unless it waits. */
    void produce(SimulatedNode node, Random random) {
        produce(node, producers.get(random.nextInt(COUNT)));
    }

    private void produce(SimulatedNode node, Producer producer) {
        if (producer.waiting) {
            return;
        }
        producer.waiting = true;
        String text = producer.text();
        int sequence = producer.sequence;
        ProducerStamp stamp = new ProducerStamp(producer.id, (short) 0, sequence);
        var sent = node.node()
                .append(
                        topic,
                        List.of(LogRecord.of(text)),
                        AppendOptions.from(stamp),
                        NotLeaderPolicy.FORWARD);
        var unused = requests.add(node, "produce " + topic, sent)
                .whenComplete((committed, failure) -> {
                    if (committed != null) {
                        acknowledged.accept(text, committed);
                    }
                    if (sequence == producer.sequence) { // Otherwise of an earlier try.
                        producer.waiting = false;
                        producer.sequence += committed != null ? 1 : 0;
                        producer.broken = isBroken(failure) ? failure : null;
                    }
                });
    }

    /** A producer that numbers its records correctly never gets an error about their order. */
    private static boolean isBroken(@Nullable Throwable failure) {
        Throwable cause = NodeContext.causeOf(failure);
        return String.valueOf(cause).contains("SEQUENCE")
                || String.valueOf(cause).contains("equence")
                || String.valueOf(cause).contains("UNKNOWN_PRODUCER")
                || cause instanceof StorageException.UnknownProducer;
    }

    /** A node died: its waiting producers try another node. */
    void nodeDied() {
        producers.forEach(producer -> producer.waiting = false);
    }

    /**
     * Every producer gets one more record through. Meanwhile a replaced leader that does not know
     * it yet may refuse it, because its window is old.
     */
    void finish(SimulatedNode leader) {
        for (Producer producer : producers) {
            producer.waiting = false;
            int before = producer.sequence;
            cluster.until(PATIENCE, () -> {
                if (producer.sequence == before) {
                    cluster.run(PAUSE);
                    produce(leader, producer);
                }
                assertThat(producer.broken)
                        .as("producer %d of %s at record %d", producer.id, topic, before)
                        .isNull();
                return producer.sequence > before;
            });
        }
    }
}
