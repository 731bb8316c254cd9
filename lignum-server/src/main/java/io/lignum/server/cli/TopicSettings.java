package io.lignum.server.cli;

import io.lignum.client.Durability;
import io.lignum.client.TopicSpec;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.time.Duration;

/** The settings of a topic, as flags. What is not given is left as it is. */
final class TopicSettings {

    @Option(
            names = "--durability",
            description = "when an append is acknowledged: ${COMPLETION-CANDIDATES}")
    private @Nullable Durability durability;

    @Option(
            names = "--retention-bytes",
            paramLabel = "SIZE",
            converter = Figures.Size.class,
            description = "the oldest segments go while it is larger; 0: keep all")
    private @Nullable Long retentionBytes;

    @Option(
            names = "--retention-time",
            paramLabel = "TIME",
            description = "segments go when they are that old, as 7d; 0: keep all")
    private @Nullable Duration retentionTime;

    @Option(
            names = "--segment-max-records",
            paramLabel = "N",
            description = "a file is sealed at so many records")
    private @Nullable Long segmentMaxRecords;

    @Option(
            names = "--segment-max-bytes",
            paramLabel = "SIZE",
            converter = Figures.Size.class,
            description = "or before it would grow beyond this")
    private @Nullable Long segmentMaxBytes;

    @Option(
            names = "--segment-max-age",
            paramLabel = "TIME",
            description = "or when its first record is that old")
    private @Nullable Duration segmentMaxAge;

    @Option(
            names = "--timestamp-before-max",
            paramLabel = "TIME",
            description = "records with a timestamp further in the past are refused; 0: take any")
    private @Nullable Duration timestampBeforeMax;

    @Option(
            names = "--timestamp-after-max",
            paramLabel = "TIME",
            description = "records with a timestamp further in the future are refused; 0: take any")
    private @Nullable Duration timestampAfterMax;

    @Option(
            names = "--live",
            negatable = true,
            description = "acknowledge when all in-sync replicas have it; --no-live: ship it later")
    private @Nullable Boolean live;

    @Option(
            names = "--quorum",
            paramLabel = "N",
            description = "nodes that a live record must be on at least; 0: the cluster's minimum")
    private @Nullable Long quorum;

    TopicSpec of(String name) {
        TopicSpec spec = TopicSpec.of(name);
        spec = durability == null ? spec : spec.withDurability(durability);
        spec = retentionBytes == null ? spec : spec.withRetentionBytes(retentionBytes);
        spec = retentionTime == null ? spec : spec.withRetentionTime(retentionTime);
        spec = segmentMaxRecords == null ? spec : spec.withSegmentMaxRecords(segmentMaxRecords);
        spec = segmentMaxBytes == null ? spec : spec.withSegmentMaxBytes(segmentMaxBytes);
        spec = segmentMaxAge == null ? spec : spec.withSegmentMaxAge(segmentMaxAge);
        spec = timestampBeforeMax == null ? spec : spec.withTimestampBeforeMax(timestampBeforeMax);
        spec = timestampAfterMax == null ? spec : spec.withTimestampAfterMax(timestampAfterMax);
        spec = live == null ? spec : spec.withLive(live);
        return quorum == null ? spec : spec.withQuorum(quorum);
    }
}
