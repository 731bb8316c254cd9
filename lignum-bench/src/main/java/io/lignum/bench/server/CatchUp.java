package io.lignum.bench.server;

import io.lignum.bench.cluster.Cluster;
import io.lignum.bench.cluster.JarClusterNode;
import io.lignum.bench.work.Payload;
import io.lignum.bench.work.Sample;
import io.lignum.bench.work.Work;
import io.lignum.bench.work.WorkSettings;

import org.HdrHistogram.Histogram;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * An empty node joins two nodes with a large topic, while a producer sends at a steady rate. Each
 * round begins with that node stopped and its directory empty.
 */
final class CatchUp implements Work {

    private static final String TOPIC = "catch-up";
    private static final int FILL_IN_FLIGHT = 5000;
    private static final Duration TIMEOUT = Duration.ofMinutes(30);

    private final WorkSettings settings;
    private final Cluster cluster;
    private final LignumClients clients;
    private final JarClusterNode joining;
    private long records;

    CatchUp(WorkSettings settings) throws Exception {
        this.settings = settings;
        cluster = Cluster.start(settings, 2);
        try {
            clients = new LignumClients(cluster.addresses(), true);
            joining = cluster.add();
        } catch (Exception e) {
            cluster.close();
            throw e;
        }
    }

    @Override
    public void prepare() throws Exception {
        clients.createTopic(TOPIC);
        byte[] value = Payload.of(settings.integer("size"));
        long wanted = settings.number("mib") * (1 << 20) / value.length;
        try (Sender sender = clients.sender(TOPIC)) {
            InFlightLimit window = new InFlightLimit(sender, FILL_IN_FLIGHT);
            for (; records < wanted; records++) {
                value[0] = (byte) records;
                window.send(value);
            }
            window.drain();
        }
    }

    @Override
    public Sample round() throws Exception {
        ServerWork.settle();
        int size = settings.integer("size");
        try (Sender sender = clients.sender(TOPIC);
                SteadySender steady =
                        new SteadySender(sender, Payload.of(size), settings.number("rate"))) {
            TimeUnit.MILLISECONDS.sleep(settings.number("millis"));
            Histogram unused = steady.latencies(); // The client was just opened.
            TimeUnit.MILLISECONDS.sleep(settings.number("millis"));
            Histogram before = steady.latencies();
            long launched = System.nanoTime();
            joining.launch();
            joining.awaitListening();
            cluster.await(
                    "aware of " + joining.id(),
                    TIMEOUT,
                    view -> view.isLeaders() && view.alive().contains(joining.id()));
            long known = System.nanoTime();
            cluster.await(
                    "in sync with " + joining.id(),
                    TIMEOUT,
                    view -> view.isLeaders() && view.inSync().contains(joining.id()));
            double seconds = (System.nanoTime() - known) / 1e9;
            Histogram during = steady.latencies();
            double megabytes = clients.sizeBytes(TOPIC) / 1e6;
            records += steady.stop();
            verify();
            leave();
            return Sample.of(megabytes / seconds)
                    .with("MB", megabytes)
                    .with("start s", (known - launched) / 1e9)
                    .with("p50 ms before", before.getValueAtPercentile(50) / 1e6)
                    .with("p50 ms during", during.getValueAtPercentile(50) / 1e6)
                    .with("p99 ms before", before.getValueAtPercentile(99) / 1e6)
                    .with("p99 ms during", during.getValueAtPercentile(99) / 1e6)
                    .with("max ms during", during.getMaxValue() / 1e6);
        }
    }

    private void verify() throws Exception {
        long found = clients.records(TOPIC);
        if (found != records) {
            throw new IOException("the topic holds " + found + " records instead of " + records);
        }
    }

    private void leave() throws IOException {
        joining.process().kill();
        cluster.await(
                "rid of " + joining.id(),
                TIMEOUT,
                view -> view.isLeaders() && !view.inSync().contains(joining.id()));
        joining.deleteData();
    }

    @Override
    public void close() throws IOException {
        try {
            clients.close();
        } finally {
            cluster.close();
        }
    }
}
