package io.lignum.bench.server;

import io.lignum.bench.work.Sample;
import io.lignum.bench.work.WorkSettings;

import org.jspecify.annotations.Nullable;

/**
 * One thread reads a topic from its first record to its last, including the opening of the
 * consumer.
 */
final class Consume extends ServerWork {

    private static final int FILL_IN_FLIGHT = 5000;

    private @Nullable String topic;

    Consume(WorkSettings settings) throws Exception {
        super(settings);
    }

    private long records() {
        return settings().number("records") / settings().number("part");
    }

    @Override
    public void prepare() throws Exception {
        topic = newTopic();
        long records = records();
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
        if (topic == null) {
            throw new IllegalStateException("not prepared");
        }
        settle();
        long records = records();
        int size = settings().integer("size");
        Costs costs = costs();
        Arrivals arrivals = new Arrivals(records);
        try (Receiver receiver = broker().receiver(topic)) {
            while (!arrivals.complete()) {
                receiver.poll(value -> arrivals.took(value[0], value.length == size));
            }
            return costs.rate(records);
        }
    }
}
