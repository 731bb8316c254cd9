package io.lignum.bench.counts;

import io.lignum.bench.work.Payload;
import io.lignum.client.LignumClient;
import io.lignum.client.Producer;
import io.lignum.client.TopicSpec;

import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that send records of 100 bytes to a topic of their own, each on its own thread and
 * connection, one record in flight. Used by one thread; a failed send ends the run.
 */
final class SendLoad implements AutoCloseable {

    private static final int SIZE = 100;
    private static final long MAX_LATENCY_NANOS = 60_000_000_000L;
    private static final long SAMPLE_MILLIS = 250;

    private final String topic;
    private final byte[] value = Payload.of(SIZE);
    private final List<LignumClient> clients = new ArrayList<>();
    private final List<Producer<byte[], byte[]>> producers = new ArrayList<>();
    private final ExecutorService threads;
    private long sent;

    /** Called every 250 ms while the clients send. */
    @FunctionalInterface
    interface Sampling {
        void sample() throws IOException;
    }

    /**
     * Records sent, and the clients' waits for the acknowledgements.
     *
     * @param seconds the duration
     */
    record Latencies(Histogram nanos, double seconds) {

        long records() {
            return nanos.getTotalCount();
        }

        double millisAt(double percentile) {
            return nanos.getValueAtPercentile(percentile) / 1e6;
        }
    }

    /** Creates the topic and connects the clients. */
    SendLoad(List<String> addresses, CountedRow row)
            throws ExecutionException, InterruptedException {
        topic = row.name();
        threads = Executors.newFixedThreadPool(row.clients());
        for (int i = 0; i < row.clients(); i++) {
            LignumClient client = LignumClient.builder().addresses(addresses).build();
            clients.add(client);
            if (i == 0) {
                TopicSpec spec = TopicSpec.of(topic).withLive(row.mode() == CountedRow.Mode.LIVE);
                client.topics().create(spec).get();
            }
            producers.add(client.producer(topic).open());
        }
    }

    /**
     * Sends this many records in all, and returns when all are acknowledged.
     *
     * @param sampling called by the caller's thread, four times a second
     */
    Latencies run(long records, Sampling sampling)
            throws IOException, ExecutionException, InterruptedException {
        AtomicLong remaining = new AtomicLong(records);
        CountDownLatch running = new CountDownLatch(producers.size());
        long start = System.nanoTime();
        List<Future<Histogram>> results = new ArrayList<>();
        for (Producer<byte[], byte[]> producer : producers) {
            results.add(threads.submit(() -> {
                try {
                    return send(producer, remaining);
                } finally {
                    running.countDown();
                }
            }));
        }
        while (!running.await(SAMPLE_MILLIS, TimeUnit.MILLISECONDS)) {
            sampling.sample();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        Histogram all = new Histogram(MAX_LATENCY_NANOS, 2);
        for (Future<Histogram> result : results) {
            all.add(result.get());
        }
        sent += all.getTotalCount();
        return new Latencies(all, seconds);
    }

    private Histogram send(Producer<byte[], byte[]> producer, AtomicLong remaining)
            throws ExecutionException, InterruptedException {
        Histogram latencies = new Histogram(MAX_LATENCY_NANOS, 2);
        while (remaining.getAndDecrement() > 0) {
            long before = System.nanoTime();
            producer.send(value).get();
            latencies.recordValue(System.nanoTime() - before);
        }
        return latencies;
    }

    /** Fails unless the topic has exactly the records that were sent. */
    void verify() throws IOException, ExecutionException, InterruptedException {
        long found = clients.get(0).topics().describe(topic).get().recordCount();
        if (found != sent) {
            throw new IOException(found + " records in " + topic + " instead of " + sent);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        clients.forEach(LignumClient::close);
    }
}
