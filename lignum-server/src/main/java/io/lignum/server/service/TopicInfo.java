package io.lignum.server.service;

import io.lignum.storage.TopicConfig;
import io.lignum.storage.TopicLog;

import java.util.UUID;

/**
 * A topic as it stands.
 *
 * @param logStart the first offset that still exists
 * @param readableEnd what readers see ends here, exclusive
 * @param endOffset what is written ends here, exclusive
 * @param sizeInBytes on the disk
 * @param segments files, the active one included
 */
public record TopicInfo(
        String name,
        UUID id,
        long logStart,
        long readableEnd,
        long endOffset,
        long sizeInBytes,
        int segments,
        TopicConfig config) {

    static TopicInfo of(TopicLog log) {
        long start = log.logStartOffset();
        return new TopicInfo(
                log.name(),
                log.id(),
                start,
                Math.max(start, log.readableEndOffset()),
                log.logEndOffset(),
                log.sizeInBytes(),
                log.segmentCount(),
                log.config());
    }

    /** Messages that can be read. */
    public long messageCount() {
        return readableEnd - logStart;
    }
}
