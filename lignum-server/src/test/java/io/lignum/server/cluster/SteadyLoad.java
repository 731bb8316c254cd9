package io.lignum.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.client.Codecs;
import io.lignum.client.LignumClient;
import io.lignum.client.Producer;
import io.lignum.client.Subscription;
import io.lignum.client.TopicSpec;

import org.awaitility.Awaitility;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A producer to a live topic that goes on whatever happens, and a consumer that follows. In the end
 * every node has to have every message once, in order, and where its acknowledgement said.
 */
final class SteadyLoad implements AutoCloseable {

    private static final int MAX_OUTSTANDING = 2_000;

    private final JarCluster cluster;
    private final String topic;
    private LignumClient client;
    private Subscription follower;
    private Producer<byte[], String> producer;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final List<String> followed = Collections.synchronizedList(new ArrayList<>());
    private final List<CompletableFuture<Long>> sent =
            Collections.synchronizedList(new ArrayList<>());
    private final AtomicLong ends = new AtomicLong();
    private final AtomicLong lastEndNanos = new AtomicLong();
    private final AtomicLong longestPauseNanos = new AtomicLong();

    SteadyLoad(JarCluster cluster, String topic) {
        this(cluster, topic, TestLogins.PLAIN, Duration.ofMillis(2));
    }

    /** Creates the topic, and sends a message each {@code interval}. */
    SteadyLoad(JarCluster cluster, String topic, TestLogins access, Duration interval) {
        this.cluster = cluster;
        this.topic = topic;
        client = access.connect(cluster.addresses());
        client.topics().create(TopicSpec.of(topic).withLive(true)).join();
        follower = follow();
        producer = produce();
        lastEndNanos.set(System.nanoTime());
        long millis = interval.toMillis();
        var unused = clock.scheduleAtFixedRate(this::send, 0, millis, TimeUnit.MILLISECONDS);
        awaitMore(100);
    }

    private Subscription follow() {
        return client.consumer(topic)
                .values(Codecs.utf8())
                .fromOffset(followed.size())
                .handle(record -> followed.add(record.value()));
    }

    private Producer<byte[], String> produce() {
        return client.producer(topic)
                .values(Codecs.utf8())
                .deliveryTimeout(JarCluster.TIMEOUT)
                .open();
    }

    /** Replaces the client by one that connects so, as a program that is restarted. */
    void move(TestLogins access) throws Exception {
        synchronized (this) {
            producer.flush().get(JarCluster.TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            assertNoneFailed();
            awaitFollowed();
            follower.close();
            client.close();
            client = access.connect(cluster.addresses());
            follower = follow();
            producer = produce();
        }
        awaitMore(100);
    }

    private synchronized void send() {
        if (sent.size() - ends.get() < MAX_OUTSTANDING) {
            CompletableFuture<Long> offset = producer.send("m" + sent.size());
            sent.add(offset);
            var unused = offset.whenComplete((at, error) -> ended());
        }
    }

    private void ended() {
        long now = System.nanoTime();
        longestPauseNanos.accumulateAndGet(now - lastEndNanos.getAndSet(now), Math::max);
        ends.incrementAndGet();
    }

    /** Until so many more messages are acknowledged than are now. */
    void awaitMore(int count) {
        long before = ends.get();
        Awaitility.await("acknowledgements of " + topic)
                .atMost(JarCluster.TIMEOUT)
                .until(() -> ends.get() >= before + count);
        assertNoneFailed();
    }

    private void assertNoneFailed() {
        List<CompletableFuture<Long>> all = List.copyOf(sent);
        for (int i = 0; i < all.size(); i++) {
            assertThat(all.get(i).isCompletedExceptionally())
                    .as("m%d: %s", i, all.get(i))
                    .isFalse();
        }
    }

    /** Sends no more, and holds all nodes that run to what was acknowledged. */
    void finishAndVerify() throws Exception {
        clock.shutdown();
        assertThat(clock.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        producer.flush().get(JarCluster.TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        assertNoneFailed();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < sent.size(); i++) {
            assertThat(sent.get(i).join()).as("offset of m%d", i).isEqualTo(i);
            expected.add("m" + i);
        }
        awaitFollowed();
        assertThat(List.copyOf(followed)).isEqualTo(expected);
        for (NodeProcess node : cluster.nodes()) {
            if (node.isAlive()) {
                Awaitility.await(node + " has all of " + topic)
                        .atMost(JarCluster.TIMEOUT)
                        .ignoreExceptions()
                        .until(() -> node.end(topic) >= expected.size());
                assertThat(node.readAll(topic)).as("at " + node).isEqualTo(expected);
            }
        }
        System.out.printf(
                "%s: %,d messages, longest pause of acknowledgements %,d ms%n",
                topic, expected.size(), longestPause().toMillis());
    }

    private void awaitFollowed() {
        Awaitility.await("the consumer has all of " + topic)
                .atMost(JarCluster.TIMEOUT)
                .until(() -> followed.size() >= sent.size());
    }

    /** Between two acknowledgements. */
    Duration longestPause() {
        return Duration.ofNanos(longestPauseNanos.get());
    }

    @Override
    public void close() {
        clock.shutdownNow();
        follower.close();
        if (ends.get() == sent.size()) {
            client.close();
        } else {
            new Thread(client::close).start(); // It failed: what is pending may never end.
        }
    }
}
