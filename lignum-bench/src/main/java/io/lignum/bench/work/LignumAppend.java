package io.lignum.bench.work;

import io.lignum.record.LogRecord;
import io.lignum.storage.AppendOptions;
import io.lignum.storage.LogStore;
import io.lignum.storage.TopicLog;

import java.io.IOException;

/**
 * Appends from one thread: {@code as=built} in batches built by the caller, {@code as=list} in
 * lists of records, {@code as=async} record by record with a bounded number of futures in flight. A
 * record counts when it is acknowledged.
 */
final class LignumAppend implements Work {

    private final WorkSettings settings;

    LignumAppend(WorkSettings settings) {
        this.settings = settings;
    }

    @Override
    public Sample round() throws IOException {
        long records = settings.number("records");
        try (Scratch scratch = new Scratch(settings.directory(), "round");
                LogStore store = Lignum.open(scratch.path())) {
            TopicLog log = Lignum.topic(store, settings);
            Meter meter = new Meter();
            write(log, records);
            Sample sample = meter.rate(records);
            if (log.readableEndOffset() != records) {
                throw new IllegalStateException(
                        "ends at " + log.readableEndOffset() + " instead of " + records);
            }
            return sample;
        }
    }

    private void write(TopicLog log, long records) {
        BatchMaker maker = new BatchMaker(settings.integer("size"));
        switch (settings.text("as")) {
            case "built" -> {
                while (maker.records() < records) {
                    log.append(maker.next(records), AppendOptions.NONE);
                }
            }
            case "list" -> {
                while (maker.records() < records) {
                    log.append(maker.nextList(records));
                }
            }
            case "async" -> async(log, records);
            default -> throw new IllegalArgumentException("as=" + settings.text("as"));
        }
    }

    private void async(TopicLog log, long records) {
        // The arrays of records in flight must not change: one for each first byte.
        byte[][] values = new byte[256][];
        for (int i = 0; i < values.length; i++) {
            values[i] = Payload.of(settings.integer("size"));
            values[i][0] = (byte) i;
        }
        Lignum.InFlight<Long> inFlight = new Lignum.InFlight<>(settings.integer("inflight"));
        for (long i = 0; i < records; i++) {
            inFlight.add(log.appendAsync(LogRecord.of(values[(int) i & 0xFF])));
        }
        inFlight.drain();
    }
}
