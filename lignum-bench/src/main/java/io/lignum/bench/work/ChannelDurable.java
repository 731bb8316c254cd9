package io.lignum.bench.work;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The simplest durable append: each thread writes its record and forces the file. The file grows,
 * or its blocks were written before ({@code written=yes}).
 */
final class ChannelDurable implements Work {

    private static final long WRITTEN_BYTES = 256L << 20;

    private final WorkSettings settings;
    private final boolean written;

    ChannelDurable(WorkSettings settings) {
        this.settings = settings;
        written = settings.text("written").equals("yes");
    }

    @Override
    public Sample round() throws Exception {
        try (Scratch scratch = new Scratch(settings.directory(), "round");
                FileChannel channel = FileChannel.open(
                        scratch.path().resolve("file"),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE)) {
            if (written) {
                fill(channel);
            }
            AtomicLong end = new AtomicLong();
            byte[] value = Payload.of(settings.integer("size"));
            return Blocked.run(settings, thread -> {
                ByteBuffer buffer = ByteBuffer.allocateDirect(value.length);
                return () -> {
                    buffer.clear().put(value).flip();
                    channel.write(buffer, end.getAndAdd(value.length));
                    channel.force(false);
                };
            });
        }
    }

    private void fill(FileChannel channel) throws IOException {
        // Enough for the forces of a round, and no more, since it takes time as well.
        long bytes = Math.min(WRITTEN_BYTES, settings.number("millis") * (64 << 10));
        ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
        for (long at = 0; at < bytes; at += zeros.capacity()) {
            zeros.clear();
            channel.write(zeros, at);
        }
        channel.force(true);
    }
}
