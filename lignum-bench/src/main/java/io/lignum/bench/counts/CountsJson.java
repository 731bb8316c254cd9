package io.lignum.bench.counts;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.List;

/** Writes the figures as JSON: totals of each window, which the reader divides by the records. */
final class CountsJson {

    private CountsJson() {}

    static String json(List<RowCounts> rows, List<String> notes) {
        ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        ObjectNode root = json.createObjectNode();
        notes.forEach(root.putArray("notes")::add);
        root.putArray("rows").addAll(rows.stream().map(row -> node(json, row)).toList());
        return root.toPrettyString() + "\n";
    }

    private static ObjectNode node(ObjectMapper json, RowCounts row) {
        ObjectNode node = json.createObjectNode()
                .put("row", row.row().name())
                .put("clients", row.row().clients())
                .put("records", row.records())
                .put("p50Millis", row.p50Millis())
                .put("p99Millis", row.p99Millis());
        node.putArray("nodes")
                .addAll(row.nodes().stream().map(each -> node(json, each)).toList());
        return node;
    }

    private static ObjectNode node(ObjectMapper json, RowCounts.NodeCounts counts) {
        ProcessUsage usage = counts.usage();
        ObjectNode node = json.createObjectNode()
                .put("role", counts.role())
                .put("voluntarySwitches", usage.voluntary())
                .put("involuntarySwitches", usage.involuntary())
                .put("cpuNanos", usage.cpuNanos())
                .put("compilerNanos", usage.compilerNanos())
                .put("threads", usage.threads().size())
                .put("endedThreads", usage.endedThreads());
        ObjectNode threads = node.putObject("cpuNanosByThread");
        usage.cpuNanosByName().forEach(threads::put);
        counts.calls().ifPresent(calls -> {
            ObjectNode all = node.putObject("systemCalls").put("total", calls.total());
            calls.byName().forEach(all::put);
        });
        return node;
    }
}
