package io.lignum.bench.server;

import io.lignum.bench.work.Blocked;
import io.lignum.bench.work.Sample;
import io.lignum.bench.work.WorkSettings;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** Threads that send one record after the other, each waiting for its acknowledgement. */
final class SendAndWait extends ServerWork {

    private final List<Sender> senders = new ArrayList<>();
    private @Nullable String topic;

    SendAndWait(WorkSettings settings) throws Exception {
        super(settings);
    }

    @Override
    public void prepare() throws Exception {
        topic = newTopic();
        int connections =
                settings().text("client").equals("shared") ? 1 : settings().integer("threads");
        for (int i = 0; i < connections; i++) {
            senders.add(broker().sender(topic));
        }
        warmUp();
    }

    @Override
    public Sample round() throws Exception {
        if (topic == null) {
            throw new IllegalStateException("not prepared");
        }
        settle();
        long before = broker().records(topic);
        byte[] value = value();
        LongAdder sent = new LongAdder();
        Costs costs = costs();
        Sample sample = Blocked.run(settings(), thread -> {
            Sender sender = senders.get(thread % senders.size());
            return () -> {
                sender.sendAndWait(value);
                sent.increment();
            };
        });
        sample = costs.addTo(sample, sent.sum());
        verify(topic, before + sent.sum());
        return settings().text("figure").equals("latency") ? byLatency(sample) : sample;
    }

    /** Makes the median latency the compared figure; the rate follows from it. */
    private static Sample byLatency(Sample sample) {
        Double median = sample.extras().get("p50 ms");
        if (median == null) {
            throw new IllegalStateException("no median in " + sample);
        }
        return new Sample(median, sample.extras()).with("a second", sample.value());
    }

    @Override
    public void close() throws IOException {
        try {
            for (Sender sender : senders) {
                sender.close();
            }
        } finally {
            super.close();
        }
    }
}
