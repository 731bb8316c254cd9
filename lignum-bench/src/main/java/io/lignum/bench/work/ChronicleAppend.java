package io.lignum.bench.work;

import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.wire.DocumentContext;

import java.io.IOException;

/** Appends record by record, as Chronicle Queue is designed for; nothing is forced. */
final class ChronicleAppend implements Work {

    private final WorkSettings settings;

    ChronicleAppend(WorkSettings settings) {
        this.settings = settings;
    }

    @Override
    public Sample round() throws IOException {
        try (Scratch scratch = new Scratch(settings.directory(), "round");
                ChronicleQueue queue = Chronicle.open(scratch.path())) {
            Meter meter = new Meter();
            write(queue, settings);
            return meter.rate(settings.number("records"));
        }
    }

    static void write(ChronicleQueue queue, WorkSettings settings) {
        byte[] value = Payload.of(settings.integer("size"));
        long records = settings.number("records");
        try (ExcerptAppender appender = queue.createAppender()) {
            for (long i = 0; i < records; i++) {
                value[0] = (byte) i;
                append(appender, value);
            }
        }
    }

    /** Appends straight into the mapped file, the fastest way. */
    static void append(ExcerptAppender appender, byte[] value) {
        try (DocumentContext document = appender.writingDocument(false)) {
            document.wire().bytes().write(value);
        }
    }
}
