package io.lignum.bench.work;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The upper limit for reads: large reads, values taken, nothing checked. */
final class ChannelRead implements Work {

    private static final int READ_BYTES = 256 << 10;

    private final WorkSettings settings;
    private final Path file;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);

    ChannelRead(WorkSettings settings) {
        this.settings = settings;
        file = settings.directory().resolve("file");
    }

    @Override
    public void prepare() throws IOException {
        new ChannelAppend(settings).write(file, settings.number("records"));
    }

    @Override
    public Sample round() throws IOException {
        Reading reading = new Reading(settings);
        Meter meter = new Meter();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            buffer.clear();
            while (channel.read(buffer) >= 0) {
                buffer.flip();
                consume(reading);
                buffer.compact();
            }
        }
        return reading.sample(meter);
    }

    private void consume(Reading reading) {
        while (buffer.remaining() >= Integer.BYTES) {
            int at = buffer.position();
            int length = buffer.getInt(at);
            if (buffer.remaining() < Integer.BYTES + length) {
                return;
            }
            if (reading.copies()) {
                buffer.get(at + Integer.BYTES, reading.copy(), 0, length);
                reading.saw(reading.copy()[0], length);
            } else {
                reading.saw(buffer.get(at + Integer.BYTES), length);
            }
            buffer.position(at + Integer.BYTES + length);
        }
    }
}
