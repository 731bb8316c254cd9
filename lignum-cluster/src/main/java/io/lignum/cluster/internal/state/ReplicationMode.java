package io.lignum.cluster.internal.state;

import io.lignum.storage.LogStore;
import io.lignum.storage.TopicLog;

import java.util.OptionalLong;

/**
 * Configures a log for its topic's replication mode: the log of a live topic has a high watermark,
 * that of a {@code wal} topic has none (R31).
 */
public final class ReplicationMode {

    private ReplicationMode() {}

    /**
     * Before the first role: no log takes appends, and of a live topic only committed records can
     * be read.
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
     * @param start the high watermark of a live topic that had none
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
