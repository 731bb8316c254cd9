package io.lignum.bench.work;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/** Reads a file and computes the checksum of each block: the least cost of checking it all. */
final class ChannelReopen implements Work {

    private final WorkSettings settings;

    ChannelReopen(WorkSettings settings) {
        this.settings = settings;
    }

    static void fill(WorkSettings settings) throws IOException {
        new ChannelAppend(settings).write(file(settings), settings.number("records"));
    }

    private static Path file(WorkSettings settings) {
        return settings.directory().resolve("file");
    }

    @Override
    public Sample round() throws IOException {
        Meter meter = new Meter();
        ByteBuffer block = ByteBuffer.allocateDirect(ChannelAppend.BLOCK_BYTES);
        long sum = 0;
        try (FileChannel channel = FileChannel.open(file(settings), StandardOpenOption.READ)) {
            CRC32C crc = new CRC32C();
            while (channel.read(block.clear()) >= 0) {
                crc.reset();
                crc.update(block.flip());
                sum += crc.getValue();
            }
        }
        if (sum == 0) {
            throw new IllegalStateException("the file is empty");
        }
        return meter.seconds();
    }
}
