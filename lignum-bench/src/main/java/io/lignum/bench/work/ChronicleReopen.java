package io.lignum.bench.work;

import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.wire.DocumentContext;

/** Measures from opening the queue until its last record is read. */
final class ChronicleReopen implements Work {

    private final WorkSettings settings;

    ChronicleReopen(WorkSettings settings) {
        this.settings = settings;
    }

    @SuppressWarnings("MustBeClosed") // It is halted on purpose.
    static void fill(WorkSettings settings) {
        ChronicleAppend.write(Chronicle.open(settings.directory()), settings);
    }

    @Override
    public Sample round() {
        Meter meter = new Meter();
        try (ChronicleQueue queue = Chronicle.open(settings.directory());
                ExcerptTailer tailer = queue.createTailer()) {
            long last = queue.lastIndex();
            long records = queue.rollCycle().toSequenceNumber(last) + 1;
            if (records != settings.number("records") || !tailer.moveToIndex(last)) {
                throw new IllegalStateException("found " + records + " records");
            }
            try (DocumentContext document = tailer.readingDocument()) {
                if (document.wire().bytes().readRemaining() != settings.number("size")) {
                    throw new IllegalStateException("the last record is another");
                }
            }
            return meter.seconds();
        }
    }
}
