package io.lignum.server.service;

import io.lignum.storage.TopicConfig;
import io.lignum.storage.TopicLog;

import java.util.OptionalLong;
import java.util.UUID;

/**
 * A topic as it stands.
 *
 * @param logStart the first offset that still exists
 * @param readableEnd what readers see ends here, exclusive
 * @param endOffset what is written ends here, exclusive
 * @param sizeInBytes on the disk
 * @param segments files, the active one included
 * @param highWatermark all below is on as many nodes as the topic demands; empty where none is
 *     counted
 * @param copiesAtAck on at least so many nodes a record stands before it is acknowledged
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

    static TopicInfo of(TopicLog log, Membership membership) {
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

    private static long copiesAtAck(TopicConfig config, Membership membership) {
        if (!config.live() || !membership.isClustered()) {
            return 1;
        }
        return Math.max(config.quorumCount(), membership.status().minInSync());
    }

    /** Messages that can be read. */
    public long messageCount() {
        return readableEnd - logStart;
    }
}
