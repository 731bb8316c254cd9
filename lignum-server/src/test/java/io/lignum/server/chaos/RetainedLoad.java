package io.lignum.server.chaos;

import io.lignum.client.Codecs;
import io.lignum.client.LignumClient;
import io.lignum.client.Producer;
import io.lignum.client.Subscription;
import io.lignum.client.TopicSpec;
import io.lignum.client.WhenTruncated;
import io.lignum.server.cluster.JarCluster;
import io.lignum.server.cluster.NodeProcess;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Some hundred records of 1 KiB per second into topics that keep a few megabytes each, one live and
 * one wal, with readers that follow. Nothing is checked; the load makes nodes fill segments and
 * delete them.
 */
final class RetainedLoad implements AutoCloseable {

    private static final long RETENTION_BYTES = 8L << 20;
    private static final long SEGMENT_BYTES = 1L << 20;
    private static final int RECORD_BYTES = 1_024;
    private static final int MAX_OUTSTANDING = 1_000;
    private static final int A_TURN = 5;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final LignumClient client;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final List<Subscription> consumers = new ArrayList<>();
    private final AtomicInteger outstanding = new AtomicInteger();
    private final AtomicLong acknowledged = new AtomicLong();
    private final byte[] record = new byte[RECORD_BYTES];

    RetainedLoad(JarCluster cluster) {
        client = LignumClient.connect(cluster.addresses());
        for (boolean live : List.of(true, false)) {
            String topic = live ? "retained-live" : "retained-wal";
            client.topics()
                    .create(TopicSpec.of(topic)
                            .withLive(live)
                            .withSegmentMaxBytes(SEGMENT_BYTES)
                            .withRetentionBytes(RETENTION_BYTES))
                    .join();
            Producer<byte[], byte[]> producer = client.producer(topic)
                    .values(Codecs.bytes())
                    .deliveryTimeout(TIMEOUT)
                    .open();
            var unused =
                    clock.scheduleAtFixedRate(() -> send(producer), 0, 20, TimeUnit.MILLISECONDS);
            for (NodeProcess node : cluster.nodes()) {
                consumers.add(client.consumer(topic)
                        .values(Codecs.bytes())
                        .prefer(node.address())
                        .whenTruncated(WhenTruncated.CONTINUE)
                        .skipTrimmed(true)
                        .handle(received -> {}));
            }
        }
    }

    private void send(Producer<byte[], byte[]> producer) {
        for (int i = 0; i < A_TURN && outstanding.get() < MAX_OUTSTANDING; i++) {
            outstanding.incrementAndGet();
            var unused = producer.send(record).whenComplete((offset, failure) -> {
                outstanding.decrementAndGet();
                if (failure == null) {
                    acknowledged.incrementAndGet();
                }
            });
        }
    }

    long acknowledged() {
        return acknowledged.get();
    }

    @Override
    public void close() {
        clock.shutdownNow();
        consumers.forEach(Subscription::close);
        new Thread(client::close).start(); // It may wait for pending calls.
    }
}
