package io.lignum.bench.work;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.wire.DocumentContext;

/** Reads in place, in the mapped file, or copies each value out of it. */
final class ChronicleRead implements Work {

    private final Settings settings;
    private final ChronicleQueue queue;

    ChronicleRead(Settings settings) {
        this.settings = settings;
        queue = Chronicle.open(settings.directory());
    }

    @Override
    public void prepare() {
        ChronicleAppend.write(queue, settings);
    }

    @Override
    public Sample round() {
        Reading reading = new Reading(settings);
        Meter meter = new Meter();
        try (ExcerptTailer tailer = queue.createTailer()) {
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
        }
        return reading.sample(meter);
    }

    private static void take(Bytes<?> bytes, Reading reading) {
        if (reading.copies()) {
            int length = bytes.read(reading.copy());
            reading.saw(reading.copy()[0], length);
        } else {
            reading.saw(bytes.readByte(bytes.readPosition()), (int) bytes.readRemaining());
        }
    }

    @Override
    public void close() {
        queue.close();
    }
}
