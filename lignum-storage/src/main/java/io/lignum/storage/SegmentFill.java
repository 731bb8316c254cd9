package io.lignum.storage;

import io.lignum.storage.internal.segment.ActiveSegment;

/**
 * Predicts when the segment that queued appends go to is full, so that no segment exceeds its limit
 * unless a single batch does.
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

    /** The limits of record timestamps. */
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

    /** Starts from the active segment, with nothing queued. */
    void restart(ActiveSegment active) {
        bytes = active.summary().sizeInBytes();
        records = active.summary().endOffset() - active.segment().baseOffset();
    }

    void restart() {
        bytes = 0;
        records = 0;
    }
}
