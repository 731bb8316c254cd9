package io.lignum.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.client.Codecs;
import io.lignum.client.LignumClient;
import io.lignum.client.Producer;
import io.lignum.client.TopicSpec;
import io.lignum.record.StoredRecord;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Numbered records sent to a live topic, and what must have become of them. One thread. */
final class Orders implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    private final String topic;
    private final Producer<byte[], String> producer;
    private final List<CompletableFuture<Long>> sent = new ArrayList<>();

    private Orders(LignumClient client, String topic) {
        this.topic = topic;
        this.producer = client.producer(topic).values(Codecs.utf8()).open();
    }

    static Orders to(LignumClient client, String topic) {
        client.topics()
                .create(TopicSpec.of(topic).withLive(true))
                .orTimeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .join();
        return new Orders(client, topic);
    }

    void send(int count) {
        for (int i = 0; i < count; i++) {
            sent.add(producer.send("order " + sent.size()));
        }
    }

    boolean isAllAcknowledged() {
        return sent.stream().allMatch(CompletableFuture::isDone);
    }

    void awaitAcknowledged() {
        CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new))
                .orTimeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    /** Checks that each record is there once, in order, at its acknowledged offset. */
    void assertExactlyOnceOn(TestNode node) {
        assertThat(node.log(topic))
                .as("on %s", node)
                .extracting(StoredRecord::text)
                .containsExactlyElementsOf(IntStream.range(0, sent.size())
                        .mapToObj(number -> "order " + number)
                        .toList());
        assertThat(sent).extracting(CompletableFuture::join).isSorted().doesNotHaveDuplicates();
    }

    @Override
    public void close() {
        producer.close();
    }
}
