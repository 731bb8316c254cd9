package io.lignum.bench.work;

import org.HdrHistogram.Histogram;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Runs a blocking step on several threads for a given time, and measures how long each run takes.
 */
public final class Blocked {

    /** The step; one of the threads executes it once more. */
    @FunctionalInterface
    public interface Step {
        void run() throws Exception;
    }

    /** Creates the step of one thread, on that thread. */
    @FunctionalInterface
    public interface Steps {
        Step ofThread(int thread) throws Exception;
    }

    private static final long MAX_LATENCY_NANOS = 60_000_000_000L;

    private Blocked() {}

    public static Sample run(WorkSettings settings, Steps steps) throws Exception {
        int threads = settings.integer("threads");
        long nanos = settings.number("millis") * 1_000_000;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            CountDownLatch ready = new CountDownLatch(threads);
            CountDownLatch go = new CountDownLatch(1);
            List<Future<Histogram>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int thread = i;
                running.add(pool.submit(() -> {
                    Step step = steps.ofThread(thread);
                    ready.countDown();
                    go.await();
                    return repeat(step, nanos);
                }));
            }
            ready.await();
            Meter meter = new Meter();
            go.countDown();
            Histogram all = merge(running);
            return meter.rate(all.getTotalCount())
                    .with("p50 ms", all.getValueAtPercentile(50) / 1e6)
                    .with("p99 ms", all.getValueAtPercentile(99) / 1e6);
        } finally {
            pool.shutdown();
        }
    }

    private static Histogram repeat(Step step, long nanos) throws Exception {
        Histogram latencies = new Histogram(MAX_LATENCY_NANOS, 2);
        long start = System.nanoTime();
        long before = start;
        while (before - start < nanos) {
            step.run();
            long after = System.nanoTime();
            latencies.recordValue(after - before);
            before = after;
        }
        return latencies;
    }

    private static Histogram merge(List<Future<Histogram>> running)
            throws InterruptedException, ExecutionException {
        Histogram all = new Histogram(MAX_LATENCY_NANOS, 2);
        for (Future<Histogram> each : running) {
            all.add(each.get());
        }
        return all;
    }
}
