package io.lignum.storage;

import io.lignum.storage.internal.segment.ActiveSegment;

/**
 * Foresees when the segment that appends now go to is full, while they are still queued, so that a
 * segment is never larger than its limit unless a single batch is.
 *
 * <p>Guarded by the {@link AppendQueue}.
 */
final class SegmentFill {

    private final String topic;
    private TopicConfig config;
    private long bytes;
    private long records;

    SegmentFill(String topic, TopicConfig config, ActiveSegment active) {
        this.topic = topic;
        this.config = config;
        restart(active);
    }

    String topic() {
        return topic;
    }

    /** The bounds that appends must keep to. */
    TimestampBounds timestamps() {
        return config.timestamps();
    }

    void configure(TopicConfig changed) {
        config = changed;
    }

    boolean mustRollBefore(int moreBytes) {
        return records > 0 && bytes + moreBytes > Retention.segmentBytes(config);
    }

    void add(int moreBytes, int moreRecords) {
        bytes += moreBytes;
        records += moreRecords;
    }

    boolean isFull() {
        return records >= config.segmentMaxRecords();
    }

    /** Nothing is queued: what the active segment holds is all. */
    void restart(ActiveSegment active) {
        bytes = active.summary().sizeInBytes();
        records = active.summary().endOffset() - active.segment().baseOffset();
    }

    void restart() {
        bytes = 0;
        records = 0;
    }
}
