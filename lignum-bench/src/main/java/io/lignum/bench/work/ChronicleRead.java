package io.lignum.bench.work;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.wire.DocumentContext;

/**
 * Reads in place in the mapped file, or copies each value. The queue is opened again for each
 * round, so that mapping the pages is part of the read.
 */
final class ChronicleRead implements Work {

    private final WorkSettings settings;

    ChronicleRead(WorkSettings settings) {
        this.settings = settings;
    }

    @Override
    public void prepare() {
        try (ChronicleQueue queue = Chronicle.open(settings.directory())) {
            ChronicleAppend.write(queue, settings);
        }
    }

    @Override
    public Sample round() {
        Reading reading = new Reading(settings);
        try (ChronicleQueue queue = Chronicle.open(settings.directory());
                ExcerptTailer tailer = queue.createTailer()) {
            Meter meter = new Meter();
            boolean more = true;
            while (more) {
                try (DocumentContext document = tailer.readingDocument()) {
                    more = document.isPresent();
                    if (more) {
                        Bytes<?> bytes = document.wire().bytes();
                        take(bytes, reading);
                    }
                }
            }
            return reading.sample(meter);
        }
    }

    private static void take(Bytes<?> bytes, Reading reading) {
        if (reading.copies()) {
            int length = bytes.read(reading.copy());
            reading.saw(reading.copy()[0], length);
        } else {
            reading.saw(bytes.readByte(bytes.readPosition()), (int) bytes.readRemaining());
        }
    }
}
