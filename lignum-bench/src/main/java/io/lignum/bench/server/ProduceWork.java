package io.lignum.bench.server;

import io.lignum.bench.work.Sample;
import io.lignum.bench.work.WorkSettings;

/** One thread sends for a while, with a bounded number of records in flight. */
final class ProduceWork extends ServerWork {

    /** Records between two looks at the clock. */
    private static final int STRIDE = 64;

    ProduceWork(WorkSettings settings) throws Exception {
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
        Sample sample;
        try (Sender sender = broker().sender(topic)) {
            byte[] value = value();
            sender.sendAndWait(value);
            long nanos = settings().number("millis") * 1_000_000;
            InFlightLimit window = new InFlightLimit(sender, settings().integer("inflight"));
            Costs costs = costs();
            long sent = 0;
            long start = System.nanoTime();
            while (System.nanoTime() - start < nanos) {
                for (int i = 0; i < STRIDE; i++) {
                    value[0] = (byte) sent++;
                    window.send(value);
                }
            }
            window.drain();
            sample = costs.rate(sent);
            verify(topic, sent + 1);
        }
        broker().deleteTopic(topic);
        return sample;
    }
}
