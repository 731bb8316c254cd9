package io.lignum.bench.server;

import io.lignum.bench.work.Payload;
import io.lignum.bench.work.Sample;
import io.lignum.bench.work.Scratch;
import io.lignum.bench.work.ServerProcess;
import io.lignum.bench.work.Work;
import io.lignum.bench.work.WorkSettings;

import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Starts a server on an empty directory, and sends it one record after the other from the moment
 * that it is ready. The client is warm: it has sent records to another server before.
 *
 * <p>The compared figure is the median of the first window. The other windows show how fast the
 * server becomes warm, by latency and by CPU time.
 */
final class FirstRecords implements Work {

    private static final long MAX_LATENCY_NANOS = 60_000_000_000L;
    private static final String TOPIC = "first";

    /** Where windows end, as counts of records since the start. */
    private static final List<Integer> WINDOW_ENDS = List.of(1000, 2000, 4000, 10_000);

    private final WorkSettings settings;

    FirstRecords(WorkSettings settings) {
        this.settings = settings;
    }

    /** Warms up the client's code in this JVM, with a server that ends afterwards. */
    @Override
    public void prepare() throws Exception {
        try (Scratch scratch = new Scratch(settings.directory(), "warmup");
                Server server = start(scratch);
                Broker broker = server.connect()) {
            broker.createTopic(TOPIC);
            try (Sender sender = broker.sender(TOPIC)) {
                byte[] value = value();
                long start = System.nanoTime();
                long nanos = settings.number("warmup") * 1_000_000;
                while (System.nanoTime() - start < nanos) {
                    sender.sendAndWait(value);
                }
            }
        }
    }

    @Override
    public Sample round() throws Exception {
        ServerWork.settle();
        try (Scratch scratch = new Scratch(settings.directory(), "round");
                Server server = start(scratch)) {
            TimeUnit.MILLISECONDS.sleep(settings.number("idle"));
            double ready = server.processes().stream()
                    .mapToDouble(ServerProcess::startSeconds)
                    .max()
                    .orElseThrow();
            double readyCpu = server.cpuSeconds();
            try (Broker broker = server.connect()) {
                broker.createTopic(TOPIC);
                return send(server, broker)
                        .with("s until ready", ready)
                        .with("CPU s until ready", readyCpu);
            }
        }
    }

    private Server start(Scratch scratch) throws IOException, InterruptedException {
        return Server.start(settings.with(WorkSettings.of("dir=" + scratch.path())));
    }

    private byte[] value() {
        return Payload.of(settings.integer("size"));
    }

    private Sample send(Server server, Broker broker) throws Exception {
        int records = settings.integer("records");
        Sample sample = Sample.of(Double.NaN);
        try (Sender sender = broker.sender(TOPIC)) {
            byte[] value = value();
            int sent = 0;
            for (int end : WINDOW_ENDS) {
                if (sent == records) {
                    break;
                }
                int count = Math.min(end, records) - sent;
                double cpu = server.cpuSeconds();
                double median = median(sender, value, count);
                double micros = (server.cpuSeconds() - cpu) * 1e6 / count;
                String until = " until " + (sent + count);
                sample = sent == 0 ? Sample.of(median) : sample.with("p50 ms" + until, median);
                sample = sample.with("CPU µs each" + until, micros);
                sent += count;
            }
        }
        long found = broker.records(TOPIC);
        if (found != records) {
            throw new IOException("the server holds " + found + " records instead of " + records);
        }
        return sample;
    }

    private static double median(Sender sender, byte[] value, int count) throws Exception {
        Histogram latencies = new Histogram(MAX_LATENCY_NANOS, 2);
        for (int i = 0; i < count; i++) {
            long before = System.nanoTime();
            sender.sendAndWait(value);
            latencies.recordValue(System.nanoTime() - before);
        }
        return latencies.getValueAtPercentile(50) / 1e6;
    }
}
