package io.lignum.server.cli;

import io.lignum.client.TopicDescription;

import java.util.Locale;

/** A topic as text, and as JSON with the names of the HTTP API. */
final class TopicText {

    private TopicText() {}

    static void json(JsonLines json, TopicDescription topic) {
        json.begin()
                .field("name", topic.name())
                .field("id", topic.id().toString())
                .field("message_count", topic.recordCount())
                .field("logStart", topic.logStart())
                .field("logEnd", topic.logEnd())
                .field("bytes", topic.sizeBytes())
                .field("segments", topic.segmentCount());
        TopicSettings.json(json, topic.spec());
        json.field("copiesAtAck", topic.copiesAtAck());
        json.endLine();
    }

    static void row(Output out, TopicDescription topic, int nameWidth) {
        out.text(String.format(
                Locale.ROOT,
                "%-" + nameWidth + "s %,16d %12s%n",
                topic.name(),
                topic.recordCount(),
                NumberFormats.bytes(topic.sizeBytes())));
    }

    static void heading(Output out, int nameWidth) {
        out.text(String.format(
                Locale.ROOT, "%-" + nameWidth + "s %16s %12s%n", "TOPIC", "RECORDS", "SIZE"));
    }

    static void details(Output out, TopicDescription topic) {
        line(out, "topic", topic.name());
        line(out, "id", topic.id().toString());
        line(out, "records", NumberFormats.grouped(topic.recordCount()));
        line(out, "offsets", topic.logStart() + ".." + topic.logEnd() + " (end exclusive)");
        String segments = topic.segmentCount() == 1 ? " segment" : " segments";
        line(
                out,
                "size",
                NumberFormats.bytes(topic.sizeBytes()) + " in " + topic.segmentCount() + segments);
        TopicSettings.text(topic.spec(), (name, value) -> line(out, name, value));
        String nodes = topic.copiesAtAck() == 1 ? " node" : " nodes";
        line(out, "acknowledged on", topic.copiesAtAck() + nodes);
    }

    private static void line(Output out, String name, String value) {
        out.text(String.format(Locale.ROOT, "%-16s %s%n", name, value));
    }
}
