package io.lignum.storage;

import io.lignum.storage.internal.segment.Checks;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Settings of one topic. Immutable.
 *
 * @param durability when an append is acknowledged
 * @param segmentMaxRecords a segment is sealed once it holds this many records; at least 1
 * @param segmentMaxBytes a segment is sealed before it grows over this, or over a quarter of the
 *     retention bytes; 4 KiB .. 2 GiB - 1
 * @param segmentMaxAge a segment is sealed once its first record was appended this long ago, or a
 *     quarter of the retention age
 * @param retentionBytes sealed segments are deleted, oldest first, while the log holds more; empty:
 *     keep
 * @param retentionAge sealed segments whose newest record is older are deleted; where that
 *     timestamp is not plausible, those that were written longer ago; empty: keep
 * @param live requires synchronous replication; has no effect on a standalone node
 * @param quorumCount copies before a live append is acknowledged, the leader included; 0: the
 *     cluster's minimum; has no effect on a standalone node
 * @param timestamps how far timestamps of records may be from the clock
 */
public record TopicConfig(
        Durability durability,
        long segmentMaxRecords,
        long segmentMaxBytes,
        Duration segmentMaxAge,
        OptionalLong retentionBytes,
        Optional<Duration> retentionAge,
        boolean live,
        long quorumCount,
        TimestampBounds timestamps) {

    private static final long MIN_SEGMENT_BYTES = 4096;

    /** Acknowledge after fdatasync; segments of 1,000,000 records, 256 MiB or 7 days; keep all. */
    public static final TopicConfig DEFAULT = new TopicConfig(
            Durability.ALWAYS,
            1_000_000,
            256L << 20,
            Duration.ofDays(7),
            OptionalLong.empty(),
            Optional.empty(),
            false,
            0,
            TimestampBounds.DEFAULT);

    public TopicConfig {
        Checks.range("segmentMaxRecords", segmentMaxRecords, 1, Long.MAX_VALUE);
        Checks.range("segmentMaxBytes", segmentMaxBytes, MIN_SEGMENT_BYTES, Integer.MAX_VALUE);
        Checks.millis("segmentMaxAge (ms)", segmentMaxAge);
        Checks.range("retentionBytes", retentionBytes.orElse(0), 0, Long.MAX_VALUE);
        Checks.millis("retentionAge (ms)", retentionAge);
        Checks.range("quorumCount", quorumCount, 0, Integer.MAX_VALUE);
        if (live && durability != Durability.ALWAYS) {
            throw new IllegalArgumentException(
                    "durability is " + durability + ": a live topic always fsyncs");
        }
    }

    public TopicConfig withDurability(Durability value) {
        return with(draft -> draft.durability = value);
    }

    public TopicConfig withSegmentMaxRecords(long value) {
        return with(draft -> draft.segmentMaxRecords = value);
    }

    public TopicConfig withSegmentMaxBytes(long value) {
        return with(draft -> draft.segmentMaxBytes = value);
    }

    public TopicConfig withSegmentMaxAge(Duration value) {
        return with(draft -> draft.segmentMaxAge = value);
    }

    public TopicConfig withRetentionBytes(OptionalLong value) {
        return with(draft -> draft.retentionBytes = value);
    }

    public TopicConfig withRetentionAge(Optional<Duration> value) {
        return with(draft -> draft.retentionAge = value);
    }

    public TopicConfig withReplication(boolean liveReplication, long quorum) {
        return with(draft -> {
            draft.live = liveReplication;
            draft.quorumCount = quorum;
        });
    }

    public TopicConfig withTimestamps(TimestampBounds value) {
        return with(draft -> draft.timestamps = value);
    }

    private TopicConfig with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.finish();
    }

    /** Starts a changed copy. */
    private static final class Draft {
        private Durability durability;
        private long segmentMaxRecords;
        private long segmentMaxBytes;
        private Duration segmentMaxAge;
        private OptionalLong retentionBytes;
        private Optional<Duration> retentionAge;
        private boolean live;
        private long quorumCount;
        private TimestampBounds timestamps;

        Draft(TopicConfig from) {
            durability = from.durability;
            segmentMaxRecords = from.segmentMaxRecords;
            segmentMaxBytes = from.segmentMaxBytes;
            segmentMaxAge = from.segmentMaxAge;
            retentionBytes = from.retentionBytes;
            retentionAge = from.retentionAge;
            live = from.live;
            quorumCount = from.quorumCount;
            timestamps = from.timestamps;
        }

        TopicConfig finish() {
            return new TopicConfig(
                    durability,
                    segmentMaxRecords,
                    segmentMaxBytes,
                    segmentMaxAge,
                    retentionBytes,
                    retentionAge,
                    live,
                    quorumCount,
                    timestamps);
        }
    }
}
