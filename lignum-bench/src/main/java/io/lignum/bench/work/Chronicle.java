package io.lignum.bench.work;

import net.openhft.chronicle.bytes.SyncMode;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;

import java.nio.file.Path;

/** The rival's queue with its default settings. */
final class Chronicle {

    private Chronicle() {}

    static ChronicleQueue open(Path directory) {
        return SingleChronicleQueueBuilder.binary(directory.toFile()).build();
    }

    /** A queue whose appenders' {@code sync()} returns once the disk has it (msync, MS_SYNC). */
    static ChronicleQueue openSynced(Path directory) {
        return SingleChronicleQueueBuilder.binary(directory.toFile())
                .syncMode(SyncMode.SYNC)
                .build();
    }
}
