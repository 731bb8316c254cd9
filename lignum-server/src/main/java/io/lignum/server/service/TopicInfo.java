package io.lignum.server.service;

import io.lignum.storage.TopicConfig;
import io.lignum.storage.TopicLog;

import java.util.OptionalLong;
import java.util.UUID;

/**
 * The state and settings of a topic.
 *
 * @param logStart the log start offset
 * @param readableEnd the exclusive end for readers
 * @param endOffset the exclusive end of what is written
 * @param sizeInBytes on disk
 * @param segments number of files, including the active one
 * @param highWatermark exclusive end of the records that are on as many nodes as the topic demands;
 *     empty on a standalone node and for wal topics
 * @param copiesAtAck number of nodes that have a record before it is acknowledged
 */
public record TopicInfo(
        String name,
        UUID id,
        long logStart,
        long readableEnd,
        long endOffset,
        long sizeInBytes,
        int segments,
        TopicConfig config,
        OptionalLong highWatermark,
        long copiesAtAck) {

    static TopicInfo of(TopicLog log, ClusterOverview membership) {
        long start = log.logStartOffset();
        return new TopicInfo(
                log.name(),
                log.id(),
                start,
                Math.max(start, log.readableEndOffset()),
                log.logEndOffset(),
                log.sizeInBytes(),
                log.segmentCount(),
                log.config(),
                log.highWatermark(),
                copiesAtAck(log.config(), membership));
    }

    private static long copiesAtAck(TopicConfig config, ClusterOverview membership) {
        if (!config.live() || !membership.isClustered()) {
            return 1;
        }
        return Math.max(config.quorumCount(), membership.status().minInSync());
    }

    /** The number of readable messages. */
    public long messageCount() {
        return readableEnd - logStart;
    }
}
