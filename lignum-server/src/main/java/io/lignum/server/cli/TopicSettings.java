package io.lignum.server.cli;

import io.lignum.client.Durability;
import io.lignum.client.TopicSpec;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.time.Duration;

/** The settings of a topic, as flags. Settings that are not given do not change. */
final class TopicSettings {

    @Option(
            names = "--durability",
            description = "when an append is acknowledged: ${COMPLETION-CANDIDATES}")
    private @Nullable Durability durability;

    @Option(
            names = "--retention-bytes",
            paramLabel = "SIZE",
            converter = NumberFormats.Size.class,
            description = "delete the oldest segments while the topic is larger; 0: keep all")
    private @Nullable Long retentionBytes;

    @Option(
            names = "--retention-time",
            paramLabel = "TIME",
            description = "delete segments older than this, for example 7d; 0: keep all")
    private @Nullable Duration retentionTime;

    @Option(
            names = "--segment-max-records",
            paramLabel = "N",
            description = "seal a segment at this many records")
    private @Nullable Long segmentMaxRecords;

    @Option(
            names = "--segment-max-bytes",
            paramLabel = "SIZE",
            converter = NumberFormats.Size.class,
            description = "or before it would exceed this size")
    private @Nullable Long segmentMaxBytes;

    @Option(
            names = "--segment-max-age",
            paramLabel = "TIME",
            description = "or when its first record is this old")
    private @Nullable Duration segmentMaxAge;

    @Option(
            names = "--timestamp-before-max",
            paramLabel = "TIME",
            description = "refuse records with a timestamp further in the past; 0: accept any")
    private @Nullable Duration timestampBeforeMax;

    @Option(
            names = "--timestamp-after-max",
            paramLabel = "TIME",
            description = "refuse records with a timestamp further in the future; 0: accept any")
    private @Nullable Duration timestampAfterMax;

    @Option(
            names = "--live",
            negatable = true,
            description =
                    "acknowledge after replication to all in-sync replicas; --no-live: replicate later")
    private @Nullable Boolean live;

    @Option(
            names = "--quorum",
            paramLabel = "N",
            description = "replicas that must have a live record; 0: the cluster's minimum")
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
