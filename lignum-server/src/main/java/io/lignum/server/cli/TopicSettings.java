package io.lignum.server.cli;

import io.lignum.client.Durability;
import io.lignum.client.TopicSpec;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.time.Duration;
import java.util.Locale;
import java.util.function.BiConsumer;

/**
 * The settings of a topic on the command line: read from flags, written as JSON and as text. A
 * setting without a flag does not change. The only class that knows these three forms.
 */
final class TopicSettings {

    @Option(
            names = "--durability",
            description =
                    "when an append is acknowledged: always, after fsync; interval or os, before "
                            + "it (live topics: always only)")
    private @Nullable Durability durability;

    @Option(
            names = "--retention-bytes",
            paramLabel = "SIZE",
            converter = NumberFormats.Size.class,
            description = "keep at least this many bytes, delete older segments; 0: keep all")
    private @Nullable Long retentionBytes;

    @Option(
            names = "--retention-time",
            paramLabel = "TIME",
            description = "delete segments older than this, for example 7d; 0: keep all")
    private @Nullable Duration retentionTime;

    @Option(
            names = "--segment-max-records",
            paramLabel = "N",
            description = "seal a segment when it has this many records")
    private @Nullable Long segmentMaxRecords;

    @Option(
            names = "--segment-max-bytes",
            paramLabel = "SIZE",
            converter = NumberFormats.Size.class,
            description = "seal a segment before it would exceed this size")
    private @Nullable Long segmentMaxBytes;

    @Option(
            names = "--segment-max-age",
            paramLabel = "TIME",
            description = "seal a segment when its first record is this old")
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
                    "acknowledge when every in-sync replica has forced the record; --no-live: "
                            + "when the leader has, and replicate later")
    private @Nullable Boolean live;

    @Option(
            names = "--quorum",
            paramLabel = "N",
            description =
                    "least number of in-sync replicas for appends to a live topic; a value below "
                            + "the cluster's minimum, such as 0, means the minimum")
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

    /** Writes the settings as fields of a JSON object. */
    static void json(JsonLines json, TopicSpec spec) {
        spec.durability().ifPresent(d -> json.field("durability", text(d)));
        spec.segmentMaxRecords().ifPresent(n -> json.field("segmentMaxRecords", n));
        spec.segmentMaxBytes().ifPresent(n -> json.field("segmentMaxBytes", n));
        spec.segmentMaxAge().ifPresent(t -> json.field("segmentMaxAgeMs", t.toMillis()));
        spec.retentionBytes().ifPresent(n -> json.field("retentionBytes", n));
        spec.retentionTime().ifPresent(t -> json.field("retentionMs", t.toMillis()));
        spec.timestampBeforeMax().ifPresent(t -> json.field("timestampBeforeMaxMs", t.toMillis()));
        spec.timestampAfterMax().ifPresent(t -> json.field("timestampAfterMaxMs", t.toMillis()));
        spec.live().ifPresent(live -> json.field("live", live));
        spec.quorum().ifPresent(n -> json.field("quorumCount", n));
        json.field("mode", mode(spec));
    }

    /** Passes each setting's name and value to {@code line}. */
    static void text(TopicSpec spec, BiConsumer<String, String> line) {
        spec.durability().ifPresent(d -> line.accept("durability", text(d)));
        spec.segmentMaxRecords()
                .ifPresent(n -> line.accept("segment records", NumberFormats.grouped(n)));
        spec.segmentMaxBytes().ifPresent(n -> line.accept("segment size", NumberFormats.bytes(n)));
        spec.segmentMaxAge().ifPresent(t -> line.accept("segment age", NumberFormats.duration(t)));
        long bytes = spec.retentionBytes().orElse(0);
        Duration time = spec.retentionTime().orElse(Duration.ZERO);
        line.accept("retention size", bytes == 0 ? "all" : NumberFormats.bytes(bytes));
        line.accept("retention time", time.isZero() ? "forever" : NumberFormats.duration(time));
        line.accept("timestamps", timestamps(spec));
        line.accept("mode", mode(spec));
        line.accept("live", String.valueOf(spec.live().orElse(false)));
        line.accept("quorum", String.valueOf(spec.quorum().orElse(0)));
    }

    private static String text(Durability durability) {
        return durability.name().toLowerCase(Locale.ROOT);
    }

    private static String mode(TopicSpec spec) {
        return spec.live().orElse(false) ? "live" : "wal";
    }

    private static String timestamps(TopicSpec spec) {
        Duration before = spec.timestampBeforeMax().orElse(Duration.ZERO);
        Duration after = spec.timestampAfterMax().orElse(Duration.ZERO);
        return (before.isZero() ? "any" : "up to " + NumberFormats.duration(before))
                + " in the past, "
                + (after.isZero() ? "any" : "up to " + NumberFormats.duration(after))
                + " in the future";
    }
}
