package io.lignum.bench.server;

import io.lignum.bench.work.Sample;
import io.lignum.bench.work.WorkSettings;

import org.HdrHistogram.Histogram;

import java.nio.ByteBuffer;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * One thread sends at a steady rate, another receives. A record's latency counts from the time at
 * which it was due, so that waiting behind a slow record counts.
 */
final class EndToEnd extends ServerWork {

    private static final int MAX_IN_FLIGHT = 10_000;
    private static final long MAX_LATENCY_NANOS = 120_000_000_000L;
    private static final int DIGITS = 3;

    EndToEnd(WorkSettings settings) throws Exception {
        super(settings);
    }

    @Override
    public void prepare() throws Exception {
        warmUp();
    }

    @Override
    public Sample round() throws Exception {
        settle();
        String topic = newTopic();
        long records = settings().number("rate") * settings().number("millis") / 1000;
        Histogram latencies;
        Costs costs = costs();
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (Receiver receiver = broker().receiver(topic);
                Sender sender = broker().sender(topic)) {
            Future<Histogram> received = other.submit(() -> receive(receiver, records));
            send(sender, records);
            latencies = received.get();
        } finally {
            other.shutdownNow();
        }
        verify(topic, records);
        broker().deleteTopic(topic);
        double cpu = costs.rate(records).extras().getOrDefault("CPU ns each", Double.NaN);
        Sample sample = Sample.of(latencies.getValueAtPercentile(50) / 1e6)
                .with("p99 ms", latencies.getValueAtPercentile(99) / 1e6)
                .with("p99.9 ms", latencies.getValueAtPercentile(99.9) / 1e6)
                .with("max ms", latencies.getMaxValue() / 1e6)
                .with("CPU ns each", cpu);
        return costs.addTo(sample, records);
    }

    private void send(Sender sender, long records) throws Exception {
        byte[] value = value();
        ByteBuffer fields = ByteBuffer.wrap(value);
        long gap = 1_000_000_000 / settings().number("rate");
        InFlightLimit window = new InFlightLimit(sender, MAX_IN_FLIGHT);
        long start = System.nanoTime();
        for (long i = 0; i < records; i++) {
            long due = start + i * gap;
            for (long early = due - System.nanoTime(); early > 0; ) {
                LockSupport.parkNanos(early);
                early = due - System.nanoTime();
            }
            value[0] = (byte) i;
            fields.putLong(1, due);
            window.send(value);
            sender.flush();
        }
        window.drain();
    }

    private Histogram receive(Receiver receiver, long records) throws Exception {
        int size = settings().integer("size");
        Histogram latencies = new Histogram(MAX_LATENCY_NANOS, DIGITS);
        Arrivals arrivals = new Arrivals(records);
        while (!arrivals.complete()) {
            receiver.poll(value -> {
                arrivals.took(value[0], value.length == size);
                latencies.recordValue(System.nanoTime() - ByteBuffer.wrap(value).getLong(1));
            });
        }
        return latencies;
    }
}
