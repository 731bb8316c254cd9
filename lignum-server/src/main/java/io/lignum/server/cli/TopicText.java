package io.lignum.server.cli;

import io.lignum.client.TopicDescription;
import io.lignum.client.TopicSpec;

import java.time.Duration;

/** A topic as text, and as JSON with the names of the HTTP API. */
final class TopicText {

    private TopicText() {}

    static void json(JsonLines json, TopicDescription topic) {
        TopicSpec spec = topic.spec();
        json.begin()
                .field("name", topic.name())
                .field("id", topic.id().toString())
                .field("message_count", topic.recordCount())
                .field("logStart", topic.logStart())
                .field("logEnd", topic.logEnd())
                .field("bytes", topic.sizeBytes())
                .field("segments", topic.segmentCount());
        spec.durability()
                .ifPresent(
                        d -> json.field("durability", d.name().toLowerCase(java.util.Locale.ROOT)));
        spec.segmentMaxRecords().ifPresent(n -> json.field("segmentMaxRecords", n));
        spec.segmentMaxBytes().ifPresent(n -> json.field("segmentMaxBytes", n));
        spec.segmentMaxAge().ifPresent(t -> json.field("segmentMaxAgeMs", t.toMillis()));
        spec.retentionBytes().ifPresent(n -> json.field("retentionBytes", n));
        spec.retentionTime().ifPresent(t -> json.field("retentionMs", t.toMillis()));
        spec.timestampBeforeMax().ifPresent(t -> json.field("timestampBeforeMaxMs", t.toMillis()));
        spec.timestampAfterMax().ifPresent(t -> json.field("timestampAfterMaxMs", t.toMillis()));
        spec.live().ifPresent(live -> json.field("live", live));
        spec.quorum().ifPresent(n -> json.field("quorumCount", n));
        json.field("mode", spec.live().orElse(false) ? "live" : "wal")
                .field("copiesAtAck", topic.copiesAtAck());
        json.endLine();
    }

    static void row(Output out, TopicDescription topic, int nameWidth) {
        out.text(String.format(
                java.util.Locale.ROOT,
                "%-" + nameWidth + "s %,16d %12s%n",
                topic.name(),
                topic.recordCount(),
                NumberFormats.bytes(topic.sizeBytes())));
    }

    static void heading(Output out, int nameWidth) {
        out.text(String.format(
                java.util.Locale.ROOT,
                "%-" + nameWidth + "s %16s %12s%n",
                "TOPIC",
                "RECORDS",
                "SIZE"));
    }

    static void details(Output out, TopicDescription topic) {
        TopicSpec spec = topic.spec();
        line(out, "topic", topic.name());
        line(out, "id", topic.id().toString());
        line(out, "records", NumberFormats.grouped(topic.recordCount()));
        line(out, "offsets", topic.logStart() + ".." + topic.logEnd() + " (end exclusive)");
        String segments = topic.segmentCount() == 1 ? " segment" : " segments";
        line(
                out,
                "size",
                NumberFormats.bytes(topic.sizeBytes()) + " in " + topic.segmentCount() + segments);
        spec.durability()
                .ifPresent(
                        d -> line(out, "durability", d.name().toLowerCase(java.util.Locale.ROOT)));
        spec.segmentMaxRecords()
                .ifPresent(n -> line(out, "segment records", NumberFormats.grouped(n)));
        spec.segmentMaxBytes().ifPresent(n -> line(out, "segment size", NumberFormats.bytes(n)));
        spec.segmentMaxAge().ifPresent(t -> line(out, "segment age", NumberFormats.duration(t)));
        long bytes = spec.retentionBytes().orElse(0);
        Duration time = spec.retentionTime().orElse(Duration.ZERO);
        line(out, "retention size", bytes == 0 ? "all" : NumberFormats.bytes(bytes));
        line(out, "retention time", time.isZero() ? "forever" : NumberFormats.duration(time));
        line(out, "timestamps", timestamps(spec));
        boolean live = spec.live().orElse(false);
        line(out, "mode", live ? "live" : "wal");
        line(out, "live", String.valueOf(live));
        line(out, "quorum", String.valueOf(spec.quorum().orElse(0)));
        String nodes = topic.copiesAtAck() == 1 ? " node" : " nodes";
        line(out, "acknowledged on", topic.copiesAtAck() + nodes);
    }

    private static String timestamps(TopicSpec spec) {
        Duration before = spec.timestampBeforeMax().orElse(Duration.ZERO);
        Duration after = spec.timestampAfterMax().orElse(Duration.ZERO);
        return (before.isZero() ? "any" : "up to " + NumberFormats.duration(before))
                + " in the past, "
                + (after.isZero() ? "any" : "up to " + NumberFormats.duration(after))
                + " in the future";
    }

    private static void line(Output out, String name, String value) {
        out.text(String.format(java.util.Locale.ROOT, "%-16s %s%n", name, value));
    }
}
