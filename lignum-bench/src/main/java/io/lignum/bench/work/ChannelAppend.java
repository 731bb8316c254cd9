package io.lignum.bench.work;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The upper limit for appends: copies length and value into a buffer, writes it when it is full,
 * and forces it with {@code durability=ALWAYS}.
 */
final class ChannelAppend implements Work {

    static final int BLOCK_BYTES = 64 << 10;

    private final WorkSettings settings;
    private final byte[] value;
    private final boolean forced;
    private final ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);

    ChannelAppend(WorkSettings settings) {
        this.settings = settings;
        value = Payload.of(settings.integer("size"));
        forced = settings.text("durability").equals("ALWAYS");
    }

    @Override
    public Sample round() throws IOException {
        try (Scratch scratch = new Scratch(settings.directory(), "round")) {
            long records = settings.number("records");
            Meter meter = new Meter();
            write(scratch.path().resolve("file"), records);
            return meter.rate(records);
        }
    }

    void write(Path path, long records) throws IOException {
        try (FileChannel channel =
                FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            block.clear();
            for (long i = 0; i < records; i++) {
                if (block.remaining() < Integer.BYTES + value.length) {
                    drain(channel);
                }
                value[0] = (byte) i;
                block.putInt(value.length).put(value);
            }
            drain(channel);
        }
    }

    private void drain(FileChannel channel) throws IOException {
        block.flip();
        while (block.hasRemaining()) {
            channel.write(block);
        }
        block.clear();
        if (forced) {
            channel.force(false);
        }
    }
}
