package io.lignum.storage;

import io.lignum.storage.internal.segment.BatchWindow;
import io.lignum.storage.internal.segment.UnsupportedVersionException;

import java.io.IOException;
import java.nio.file.Path;

/** Makes logs of directories: of those that are there, and of new ones. Any thread. */
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

    /** A new topic, durable when this returns. A directory that is not finished does not stay. */
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
            if (recovered.damage() != null) { // Only what is found twice counts: a read can err.
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
