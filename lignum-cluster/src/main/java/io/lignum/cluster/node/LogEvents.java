package io.lignum.cluster.node;

import io.lignum.cluster.internal.leader.LeaderRole;
import io.lignum.storage.StorageException;
import io.lignum.storage.StoreListener;
import io.lignum.storage.TopicLog;
import io.lignum.storage.WrittenBatches;

import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Passes events of the engine on to the node's role. Called on the engine's threads and on readers'
 * threads; no call blocks.
 */
final class LogEvents implements StoreListener {

    private final RoleHolder roles;
    private final BiConsumer<TopicLog, StorageException.CorruptLog> damaged;
    private final Consumer<StorageException> failed;

    LogEvents(
            RoleHolder roles,
            BiConsumer<TopicLog, StorageException.CorruptLog> damaged,
            Consumer<StorageException> failed) {
        this.roles = roles;
        this.damaged = damaged;
        this.failed = failed;
    }

    @Override
    public void written(TopicLog log, WrittenBatches batches, long nanos) {
        LeaderRole leading = roles.leading();
        if (leading != null) {
            leading.written(log, batches);
        }
    }

    @Override
    public void flushed(TopicLog log, long flushedEnd) {
        LeaderRole leading = roles.leading();
        if (leading != null) {
            leading.flushed(log);
        }
    }

    @Override
    public void damaged(TopicLog log, StorageException.CorruptLog cause) {
        damaged.accept(log, cause);
    }

    @Override
    public void storeFailed(StorageException cause) {
        failed.accept(cause);
    }
}
