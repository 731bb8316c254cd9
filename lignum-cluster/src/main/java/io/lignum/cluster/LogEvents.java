package io.lignum.cluster;

import io.lignum.storage.LogStore;
import io.lignum.storage.StorageException;
import io.lignum.storage.StoreListener;
import io.lignum.storage.TopicLog;

import java.util.OptionalLong;

/** What the engine tells a node of its logs. Called on the engine's threads and on reading ones, and quick. */
final class LogEvents implements StoreListener {

    private final Node node;

    LogEvents(Node node) {
        this.node = node;
    }

    /** Before a role begins: no log takes appends, and nothing can be read of a live topic but what is committed. */
    static void prepare(LogStore store) {
        for (TopicLog log : store.topics()) {
            log.follow();
            setMode(log, log.logStartOffset());
        }
    }

    /** A live topic has a high watermark, from {@code start} on if it had none; a wal topic has none (R31). */
    static void setMode(TopicLog log, long start) {
        boolean live = log.config().live();
        if (live && log.highWatermark().isEmpty()) {
            log.resetHighWatermark(OptionalLong.of(start));
        } else if (!live && log.highWatermark().isPresent()) {
            log.resetHighWatermark(OptionalLong.empty());
        }
    }

    @Override
    public void written(TopicLog log, int bytes, long nanos) {
        LeaderRole leading = node.roles().leading();
        if (leading != null) {
            leading.written(log);
        }
    }

    @Override
    public void flushed(TopicLog log, long flushedEnd) {
        LeaderRole leading = node.roles().leading();
        if (leading != null) {
            leading.flushed(log);
        }
    }

    @Override
    public void damaged(TopicLog log, StorageException.CorruptLog cause) {
        node.logDamaged(log, cause);
    }

    @Override
    public void storeFailed(StorageException cause) {
        node.storeFailed(cause);
    }
}
