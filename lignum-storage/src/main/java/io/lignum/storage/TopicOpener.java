package io.lignum.storage;

import io.lignum.storage.internal.segment.BatchWindow;
import io.lignum.storage.internal.segment.UnsupportedVersionException;

import java.io.IOException;
import java.nio.file.Path;

/** Opens the log in an existing directory, or in a new one. Any thread. */
final class TopicOpener {

    private final StoreShared store;
    private final DataDirectory directory;

    TopicOpener(StoreShared store, DataDirectory directory) {
        this.store = store;
        this.directory = directory;
    }

    TopicLog open(Path path) throws IOException {
        return open(path, TopicMeta.read(store.disk(), path));
    }

    /** Creates a topic, durable when this returns. A failed creation leaves no topic. */
    TopicLog create(TopicMeta meta) throws IOException {
        Path path = directory.create(meta);
        boolean opened = false;
        try {
            TopicLog log = open(path, meta);
            directory.forceRoot();
            opened = true;
            return log;
        } finally {
            if (!opened) {
                directory.abandon(path);
            }
        }
    }

    private TopicLog open(Path path, TopicMeta meta) throws IOException {
        BatchWindow window = store.windows().take();
        try {
            Recovered recovered = new LogRecovery(store, path, window).recover();
            // Only damage that is found twice counts, since a read can fail once.
            if (recovered.damage() != null) {
                recovered = new LogRecovery(store, path, window).recover();
            }
            TopicLog log =
                    new TopicLog(store, meta, path, directory.divergent(meta.id()), recovered);
            store.listener().recovered(log, recovered.report());
            return log;
        } catch (UnsupportedVersionException e) {
            throw new StorageException.UnsupportedFormat(e.file(), e.version(), e.supported());
        } finally {
            store.windows().giveBack(window);
        }
    }
}
