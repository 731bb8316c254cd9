package io.lignum.bench.server;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends at a steady rate on its own threads. A record's latency counts from the time at which it
 * was due until its acknowledgement.
 */
final class SteadySender implements AutoCloseable {

    private static final int MAX_IN_FLIGHT = 100_000;
    private static final long MAX_LATENCY_NANOS = 120_000_000_000L;
    private static final int DIGITS = 3;
    private static final long POLL_MILLIS = 100;

    private record Sent(long dueNanos, Sender.Pending pending) {}

    private final Sender sender;
    private final byte[] value;
    private final long gapNanos;
    private final BlockingQueue<Sent> inFlight = new LinkedBlockingQueue<>(MAX_IN_FLIGHT);
    private final Recorder latencies = new Recorder(MAX_LATENCY_NANOS, DIGITS);
    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final Future<Long> sending;
    private final Future<Long> waiting;
    private volatile boolean stopped;

    SteadySender(Sender sender, byte[] value, long rate) {
        this.sender = sender;
        this.value = value;
        gapNanos = 1_000_000_000 / rate;
        sending = threads.submit(this::send);
        waiting = threads.submit(this::await);
    }

    private long send() throws Exception {
        long start = System.nanoTime();
        long sent = 0;
        for (; !stopped; sent++) {
            long due = start + sent * gapNanos;
            for (long early = due - System.nanoTime(); early > 0; ) {
                LockSupport.parkNanos(early);
                early = due - System.nanoTime();
            }
            inFlight.put(new Sent(due, sender.send(value)));
        }
        return sent;
    }

    private long await() throws Exception {
        long acknowledged = 0;
        while (!sending.isDone() || !inFlight.isEmpty()) {
            Sent oldest = inFlight.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
            if (oldest != null) {
                oldest.pending().await();
                latencies.recordValue(System.nanoTime() - oldest.dueNanos());
                acknowledged++;
            }
        }
        return acknowledged;
    }

    /** Latencies since the last call. */
    Histogram latencies() throws ExecutionException, InterruptedException {
        if (waiting.isDone()) {
            throw new IllegalStateException("it has ended after " + waiting.get() + " records");
        }
        return latencies.getIntervalHistogram();
    }

    /** Waits until all records are acknowledged, and returns their number. */
    long stop() throws ExecutionException, InterruptedException {
        stopped = true;
        long sent = sending.get();
        long acknowledged = waiting.get();
        if (sent != acknowledged) {
            throw new IllegalStateException(acknowledged + " of " + sent + " were acknowledged");
        }
        return sent;
    }

    @Override
    public void close() {
        stopped = true;
        threads.shutdownNow();
    }
}
