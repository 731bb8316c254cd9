package io.lignum.storage;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Settings of one topic. Immutable.
 *
 * @param durability when an append is acknowledged
 * @param segmentMaxRecords a segment is sealed once it holds this many records; at least 1
 * @param segmentMaxBytes a segment is sealed before it grows over this, or over a quarter of the retention bytes; 4 KiB ..
 *     2 GiB - 1
 * @param segmentMaxAge a segment is sealed once its first record was appended this long ago, or a quarter of the
 *     retention age
 * @param retentionBytes sealed segments are deleted, oldest first, while the log holds more; empty: keep
 * @param retentionAge sealed segments whose newest record is older are deleted; where that timestamp is not plausible, those
 *     that were written longer ago; empty: keep
 * @param live wants synchronous replication; stored, and enforced once in a cluster
 * @param quorumCount copies before a live append is acknowledged, the leader included; 0: the
 *     cluster's minimum; stored, and enforced once in a cluster
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
        return new TopicConfig(
                value,
                segmentMaxRecords,
                segmentMaxBytes,
                segmentMaxAge,
                retentionBytes,
                retentionAge,
                live,
                quorumCount,
                timestamps);
    }

    public TopicConfig withSegmentMaxRecords(long value) {
        return new TopicConfig(
                durability,
                value,
                segmentMaxBytes,
                segmentMaxAge,
                retentionBytes,
                retentionAge,
                live,
                quorumCount,
                timestamps);
    }

    public TopicConfig withSegmentMaxBytes(long value) {
        return new TopicConfig(
                durability,
                segmentMaxRecords,
                value,
                segmentMaxAge,
                retentionBytes,
                retentionAge,
                live,
                quorumCount,
                timestamps);
    }

    public TopicConfig withSegmentMaxAge(Duration value) {
        return new TopicConfig(
                durability,
                segmentMaxRecords,
                segmentMaxBytes,
                value,
                retentionBytes,
                retentionAge,
                live,
                quorumCount,
                timestamps);
    }

    public TopicConfig withRetentionBytes(OptionalLong value) {
        return new TopicConfig(
                durability,
                segmentMaxRecords,
                segmentMaxBytes,
                segmentMaxAge,
                value,
                retentionAge,
                live,
                quorumCount,
                timestamps);
    }

    public TopicConfig withRetentionAge(Optional<Duration> value) {
        return new TopicConfig(
                durability,
                segmentMaxRecords,
                segmentMaxBytes,
                segmentMaxAge,
                retentionBytes,
                value,
                live,
                quorumCount,
                timestamps);
    }

    public TopicConfig withReplication(boolean liveReplication, long quorum) {
        return new TopicConfig(
                durability,
                segmentMaxRecords,
                segmentMaxBytes,
                segmentMaxAge,
                retentionBytes,
                retentionAge,
                liveReplication,
                quorum,
                timestamps);
    }

    public TopicConfig withTimestamps(TimestampBounds value) {
        return new TopicConfig(
                durability,
                segmentMaxRecords,
                segmentMaxBytes,
                segmentMaxAge,
                retentionBytes,
                retentionAge,
                live,
                quorumCount,
                value);
    }
}
