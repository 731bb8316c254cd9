package io.lignum.cluster.node;

import io.lignum.cluster.internal.leader.LeaderRole;
import io.lignum.storage.StorageException;
import io.lignum.storage.StoreListener;
import io.lignum.storage.TopicLog;

/**
 * What the engine tells a node of its logs. Called on the engine's threads and on reading ones, and
 * quick.
 */
final class LogEvents implements StoreListener {

    private final Node node;

    LogEvents(Node node) {
        this.node = node;
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
