package io.lignum.bench.work;

import io.lignum.record.RecordCursor;
import io.lignum.storage.LogCursor;
import io.lignum.storage.LogStore;
import io.lignum.storage.TopicLog;

import java.nio.ByteBuffer;

/** Reads batch by batch with checks, and looks at each value in place or copies it. */
final class LignumRead implements Work {

    private static final int MAX_BYTES = 64 << 20;

    private final WorkSettings settings;
    private final LogStore store;
    private final TopicLog log;

    LignumRead(WorkSettings settings) {
        this.settings = settings;
        store = Lignum.open(settings.directory().resolve("store"));
        log = Lignum.topic(store, settings);
    }

    @Override
    public void prepare() {
        Lignum.fill(log, settings);
    }

    @Override
    public Sample round() {
        Reading reading = new Reading(settings);
        RecordCursor reused = new RecordCursor();
        Meter meter = new Meter();
        try (LogCursor cursor = log.cursor(0)) {
            while (cursor.next()) {
                RecordCursor records = cursor.batch().records(reused, MAX_BYTES);
                while (records.next()) {
                    take(records, reading);
                }
            }
        }
        return reading.sample(meter);
    }

    private static void take(RecordCursor record, Reading reading) {
        ByteBuffer buffer = record.valueBuffer();
        int at = record.valuePosition();
        int length = record.valueSize();
        if (reading.copies()) {
            buffer.get(at, reading.copy(), 0, length);
            reading.saw(reading.copy()[0], length);
        } else {
            reading.saw(buffer.get(at), length);
        }
    }

    @Override
    public void close() {
        store.close();
    }
}
