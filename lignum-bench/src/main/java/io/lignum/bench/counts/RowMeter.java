package io.lignum.bench.counts;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/**
 * Measures one row of the table: sends records to warm the nodes up, measures a number of records
 * (the window) with the kernel's counters only, and then a second window with a tracer, because a
 * tracer changes times and switches. Used by one thread.
 */
final class RowMeter {

    private final Optional<SystemCallTracer> tracer;
    private final Path scratch;
    private final long records;
    private final long warmup;

    /**
     * Creates a meter, which can measure any number of rows.
     *
     * @param scratch an existing directory for the tracer's output
     * @param records number of records of each window
     * @param warmup records before the first window
     */
    RowMeter(Optional<SystemCallTracer> tracer, Path scratch, long records, long warmup) {
        this.tracer = tracer;
        this.scratch = scratch;
        this.records = records;
        this.warmup = warmup;
    }

    /** Fails if another node became the leader meanwhile, or if a record was lost. */
    RowCounts measure(CountedNodes nodes, CountedRow row)
            throws IOException, ExecutionException, InterruptedException {
        Map<String, Long> pids = nodes.pidsByRole();
        try (SendLoad load = new SendLoad(nodes.addresses(), row)) {
            load.run(warmup, () -> {});
            Map<String, ThreadSampler> samplers = new LinkedHashMap<>();
            for (Map.Entry<String, Long> each : pids.entrySet()) {
                samplers.put(each.getKey(), ThreadSampler.of(each.getValue()));
            }
            SendLoad.Latencies latencies = load.run(records, () -> sample(samplers));
            Map<String, ProcessUsage> usage = new LinkedHashMap<>();
            for (Map.Entry<String, ThreadSampler> each : samplers.entrySet()) {
                usage.put(each.getKey(), each.getValue().usage());
            }
            Map<String, SystemCallCounts> calls = traced(load, pids);
            load.verify();
            if (!nodes.pidsByRole().equals(pids)) {
                throw new IOException("the leader changed in row " + row.name() + "; run again");
            }
            List<RowCounts.NodeCounts> counts = new ArrayList<>();
            usage.forEach((role, used) -> counts.add(
                    new RowCounts.NodeCounts(role, used, Optional.ofNullable(calls.get(role)))));
            return new RowCounts(
                    row, counts, records, latencies.millisAt(50), latencies.millisAt(99));
        }
    }

    private static void sample(Map<String, ThreadSampler> samplers) throws IOException {
        for (ThreadSampler sampler : samplers.values()) {
            sampler.sample();
        }
    }

    private Map<String, SystemCallCounts> traced(SendLoad load, Map<String, Long> pids)
            throws IOException, ExecutionException, InterruptedException {
        Map<String, SystemCallCounts> calls = new LinkedHashMap<>();
        if (tracer.isEmpty()) {
            return calls;
        }
        Map<String, SystemCallTracer.Attached> attached = new LinkedHashMap<>();
        try {
            for (Map.Entry<String, Long> each : pids.entrySet()) {
                attached.put(each.getKey(), tracer.get().attach(each.getValue(), scratch));
            }
            load.run(records, () -> {});
            for (Map.Entry<String, SystemCallTracer.Attached> each : attached.entrySet()) {
                calls.put(each.getKey(), each.getValue().stop());
            }
            return calls;
        } finally {
            for (SystemCallTracer.Attached each : attached.values()) {
                each.close();
            }
        }
    }
}
