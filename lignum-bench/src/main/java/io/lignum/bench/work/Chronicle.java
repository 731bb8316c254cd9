package io.lignum.bench.work;

import net.openhft.chronicle.bytes.SyncMode;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;

import java.nio.file.Path;

/** Chronicle Queue with its default settings. */
final class Chronicle {

    private Chronicle() {}

    static ChronicleQueue open(Path directory) {
        return SingleChronicleQueueBuilder.binary(directory.toFile()).build();
    }

    /**
     * Opens a queue whose appenders' {@code sync()} returns when the data is on disk (msync,
     * MS_SYNC).
     */
    static ChronicleQueue openSynced(Path directory) {
        return SingleChronicleQueueBuilder.binary(directory.toFile())
                .syncMode(SyncMode.SYNC)
                .build();
    }
}
