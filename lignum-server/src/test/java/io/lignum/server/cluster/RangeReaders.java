package io.lignum.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

/**
 * Threads that read random ranges of a topic over HTTP, several per node, until they are closed.
 * Each answer must be the exact texts of its range, or an error that can be retried. A node that
 * does not run is tried again.
 */
final class RangeReaders implements AutoCloseable {

    /** Codes of errors that a repeat of the same read, there or at another node, can overcome. */
    private static final Set<String> RETRIABLE = Set.of("NOT_CAUGHT_UP", "NOT_READY", "OVERLOADED");

    /** Between the reads of a thread: nodes that start need CPU time, too. */
    private static final long PAUSE_NANOS = 10_000_000;

    private static final int MAX_RANGE = 40;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String topic;
    private final int count;
    private final IntFunction<String> textAt;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, AtomicLong> reads = new ConcurrentHashMap<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile boolean closed;

    /**
     * Starts the threads. The topic has {@code count} messages, the one at an offset has this text.
     */
    RangeReaders(
            JarCluster cluster,
            int threadsPerNode,
            String topic,
            int count,
            IntFunction<String> textAt) {
        this.topic = topic;
        this.count = count;
        this.textAt = textAt;
        for (NodeProcess node : cluster.nodes()) {
            reads.put(node.id(), new AtomicLong());
            for (int i = 0; i < threadsPerNode; i++) {
                threads.execute(() -> readUntilClosed(node));
            }
        }
    }

    private void readUntilClosed(NodeProcess node) {
        try {
            while (!closed && failure.get() == null) {
                int from = ThreadLocalRandom.current().nextInt(count);
                int to = Math.min(count, from + 1 + ThreadLocalRandom.current().nextInt(MAX_RANGE));
                if (readOnce(node, from, to)) {
                    counter(node).incrementAndGet();
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            failure.compareAndSet(null, e);
        }
    }

    private boolean readOnce(NodeProcess node, int from, int to) throws IOException {
        HttpResponse<String> answer;
        try {
            answer = node.call(
                    "GET", "/api/message?topic=" + topic + "&from=" + from + "&to=" + to, "");
        } catch (UncheckedIOException notRunning) {
            return false;
        }
        String what = node + " answers [" + from + ", " + to + ") with " + answer.statusCode();
        JsonNode body = JSON.readTree(answer.body());
        if (answer.statusCode() != 200) {
            assertThat(body.path("code").asText())
                    .as("%s: %s", what, answer.body())
                    .isIn(RETRIABLE);
            return false;
        }
        JsonNode messages = body.get("messages");
        assertThat(messages.size()).as(what).isBetween(1, to - from);
        for (int i = 0; i < messages.size(); i++) {
            assertThat(messages.get(i).get("Id").asInt()).as(what).isEqualTo(from + i);
            assertThat(messages.get(i).get("Data").asText())
                    .as(what)
                    .isEqualTo(textAt.apply(from + i));
        }
        return true;
    }

    private AtomicLong counter(NodeProcess node) {
        AtomicLong counter = reads.get(node.id());
        if (counter == null) {
            throw new IllegalArgumentException(node + " is not read");
        }
        return counter;
    }

    /** How many reads of this node have succeeded. */
    long reads(NodeProcess node) {
        return counter(node).get();
    }

    /** Fails if any read has failed. */
    void check() {
        Throwable failed = failure.get();
        if (failed != null) {
            throw new AssertionError(failed.getMessage(), failed);
        }
    }

    @Override
    public void close() {
        closed = true;
        threads.shutdown();
        await().atMost(Duration.ofMinutes(1)).until(threads::isTerminated);
    }
}
