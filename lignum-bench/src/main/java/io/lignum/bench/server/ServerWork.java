package io.lignum.bench.server;

import io.lignum.bench.work.Meter;
import io.lignum.bench.work.Payload;
import io.lignum.bench.work.Sample;
import io.lignum.bench.work.Work;
import io.lignum.bench.work.WorkSettings;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/** Base of works with a server and its client in this JVM; measures the CPU time of both. */
abstract class ServerWork implements Work {

    private static final long TIMEOUT_NANOS = 10_000_000_000L;
    private static final long LOOK_NANOS = 50_000_000;
    private static final String SERVER_CPU = "server's CPU ns each";

    /** How many times longer than wanted a warm-up may last. */
    private static final int MAX_WARMUPS = 5;

    private final WorkSettings settings;
    private final Server server;
    private final Broker broker;
    private int topics;

    ServerWork(WorkSettings settings) throws Exception {
        this.settings = settings;
        server = Server.start(settings);
        try {
            broker = server.connect();
        } catch (Exception e) {
            server.close();
            throw e;
        }
    }

    WorkSettings settings() {
        return settings;
    }

    Broker broker() {
        return broker;
    }

    /** The value to send, the same for all contenders; owned by the caller. */
    byte[] value() {
        return Payload.of(settings.integer("size"));
    }

    /** Creates a new topic. */
    String newTopic() throws Exception {
        String topic = "bench-" + topics++;
        broker.createTopic(topic);
        return topic;
    }

    void verify(String topic, long expected) throws Exception {
        long found = broker.records(topic);
        long deadline = System.nanoTime() + TIMEOUT_NANOS;
        while (found < expected && System.nanoTime() < deadline) {
            LockSupport.parkNanos(LOOK_NANOS); // The node asked may be a follower.
            found = broker.records(topic);
        }
        if (found != expected) {
            throw new IOException("the server holds " + found + " records instead of " + expected);
        }
    }

    /**
     * Runs rounds that do not count, since servers and clients start in the interpreter: for the
     * given time, and then until the server's CPU time for each record has stopped falling.
     */
    void warmUp() throws Exception {
        long start = System.nanoTime();
        long nanos = settings.number("warmup") * 1_000_000;
        WarmthCheck warmth = new WarmthCheck();
        boolean warm = false;
        while (System.nanoTime() - start < (warm ? nanos : nanos * MAX_WARMUPS)) {
            Double cpu = round().extras().get(SERVER_CPU);
            warm = cpu == null || warmth.isWarm(cpu);
        }
    }

    /** Writes dirty pages of others to disk now, so that this is not part of the measurement. */
    static void settle() throws IOException, InterruptedException {
        int code = new ProcessBuilder("sync").inheritIO().start().waitFor();
        if (code != 0) {
            throw new IOException("sync ends with " + code);
        }
    }

    Costs costs() {
        return new Costs();
    }

    /** Wall time and the CPU time of client and server since its creation. */
    final class Costs {
        private final double serverCpu = server.cpuSeconds();
        private final Meter meter = new Meter();

        Sample rate(long records) {
            return addTo(meter.rate(records), records);
        }

        /** For a sample that already contains the client's CPU time. */
        Sample addTo(Sample sample, long records) {
            double cpu = server.cpuSeconds() - serverCpu;
            return sample.with(SERVER_CPU, cpu * 1e9 / records);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            broker.close();
        } finally {
            server.close();
        }
    }
}
