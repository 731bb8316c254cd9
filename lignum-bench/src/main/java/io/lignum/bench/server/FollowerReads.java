package io.lignum.bench.server;

import io.lignum.bench.work.Sample;
import io.lignum.bench.work.WorkSettings;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * As many consumers as nodes read a topic from its first record to its last, all from one node, or
 * each from its own node. The figure is per server CPU time, since all nodes share the cores of one
 * machine.
 */
final class FollowerReads extends ServerWork {

    private static final int FILL_IN_FLIGHT = 5000;

    private @Nullable String topic;

    FollowerReads(WorkSettings settings) throws Exception {
        super(settings);
    }

    @Override
    public void prepare() throws Exception {
        topic = newTopic();
        long records = settings().number("records");
        try (Sender sender = broker().sender(topic)) {
            byte[] value = value();
            InFlightLimit window = new InFlightLimit(sender, FILL_IN_FLIGHT);
            for (long i = 0; i < records; i++) {
                value[0] = (byte) i;
                window.send(value);
            }
            window.drain();
        }
        verify(topic, records);
        warmUp();
    }

    @Override
    public Sample round() throws Exception {
        settle();
        long nodes = settings().number("nodes");
        boolean spread = settings().text("spread").equals("yes");
        ExecutorService readers = Executors.newFixedThreadPool((int) nodes);
        try {
            Costs costs = costs();
            List<Future<Long>> all = new ArrayList<>();
            for (int i = 0; i < nodes; i++) {
                // The last node led when the clients were created.
                int node = spread ? i : (int) nodes - 1;
                all.add(readers.submit(() -> readFrom(node)));
            }
            long records = 0;
            for (Future<Long> each : all) {
                records += each.get();
            }
            return byCpu(costs.rate(records));
        } finally {
            readers.shutdownNow();
        }
    }

    private long readFrom(int node) throws Exception {
        if (topic == null) {
            throw new IllegalStateException("not prepared");
        }
        long records = settings().number("records");
        int size = settings().integer("size");
        Arrivals arrivals = new Arrivals(records);
        try (Receiver receiver = broker().receiverAt(topic, node)) {
            while (!arrivals.complete()) {
                receiver.poll(value -> arrivals.took(value[0], value.length == size));
            }
        }
        return records;
    }

    /** Converts to records per second of server CPU time, and keeps the rate by wall time. */
    private static Sample byCpu(Sample sample) {
        Double each = sample.extras().get("server's CPU ns each");
        if (each == null) {
            throw new IllegalStateException("no CPU time in " + sample);
        }
        return new Sample(1e9 / each, sample.extras()).with("a second", sample.value());
    }
}
