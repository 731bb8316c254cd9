package io.lignum.cluster.internal.state;

import io.lignum.storage.LogStore;
import io.lignum.storage.TopicLog;

import java.util.OptionalLong;

/**
 * Brings a log into line with its topic's replication mode: a live topic has a high watermark, a
 * wal topic has none (R31).
 */
public final class ReplicationMode {

    private ReplicationMode() {}

    /**
     * Before a role begins: no log takes appends, and of a live topic only what is committed can be
     * read.
     */
    public static void prepare(LogStore store) {
        for (TopicLog log : store.topics()) {
            log.follow();
            apply(log, log.logStartOffset());
        }
    }

    /**
     * Sets or removes the high watermark.
     *
     * @param start the watermark of a live topic that had none
     */
    public static void apply(TopicLog log, long start) {
        boolean live = log.config().live();
        if (live && log.highWatermark().isEmpty()) {
            log.resetHighWatermark(OptionalLong.of(start));
        } else if (!live && log.highWatermark().isPresent()) {
            log.resetHighWatermark(OptionalLong.empty());
        }
    }
}
