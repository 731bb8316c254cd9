package io.lignum.bench.failover;

import io.lignum.client.LignumClient;
import io.lignum.client.Producer;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends one record after another on its own thread, and measures the longest time between two
 * acknowledgements.
 */
final class Writer implements AutoCloseable {

    /** Pause between records: leaves the processors to the nodes, and is the resolution. */
    private static final long PAUSE_NANOS = 1_000_000;

    private static final int RECORD_BYTES = 100;

    private final LignumClient client;
    private final Producer<byte[], byte[]> producer;
    private final Ledger ledger;
    private final Thread thread = new Thread(this::run, "writer");
    private volatile boolean stopped;

    /* Guarded by this. */
    private long lastNanos = System.nanoTime();
    private long longestNanos;
    private int failures;

    Writer(List<String> addresses, String topic, Ledger ledger) {
        this.ledger = ledger;
        client = LignumClient.builder().addresses(addresses).build();
        producer = client.producer(topic).open();
        thread.start();
    }

    private void run() {
        byte[] value = new byte[RECORD_BYTES];
        for (long number = 0; !stopped; number++) {
            ByteBuffer.wrap(value).putLong(number);
            try {
                long offset = producer.send(value).get();
                acknowledged();
                ledger.acknowledged(number, offset);
            } catch (ExecutionException e) {
                failed();
                ledger.failed(number);
                System.err.println("    a send failed: " + e.getCause());
            } catch (InterruptedException e) {
                return; // Nothing interrupts this thread.
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private synchronized void acknowledged() {
        long now = System.nanoTime();
        longestNanos = Math.max(longestNanos, now - lastNanos);
        lastNanos = now;
    }

    private synchronized void failed() {
        failures++;
    }

    /** Starts a measurement. */
    synchronized void mark() {
        lastNanos = System.nanoTime();
        longestNanos = 0;
        failures = 0;
    }

    /**
     * The longest time without an acknowledgement since the mark, including one that still lasts.
     */
    synchronized double longestSeconds() {
        return Math.max(longestNanos, System.nanoTime() - lastNanos) / 1e9;
    }

    /** Number of failed sends since the mark. */
    synchronized int failures() {
        return failures;
    }

    @Override
    public void close() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        client.close();
    }
}
