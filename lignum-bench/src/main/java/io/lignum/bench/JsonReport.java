package io.lignum.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.Map;

/** Writes the figures as JSON: values in their unit, not scaled and not rounded. */
final class JsonReport implements Report {

    private final ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private final ObjectNode root = json.createObjectNode();
    private final ArrayNode cases;

    JsonReport(Options options) {
        root.put("rounds", options.rounds())
                .put("quick", options.isQuick())
                .put("java", Runtime.version().feature())
                .put("cores", Runtime.getRuntime().availableProcessors());
        cases = root.putArray("cases");
    }

    @Override
    public void add(Case bench, Map<String, RoundFigures> figures) {
        ObjectNode node = cases.addObject()
                .put("name", bench.name())
                .put("title", bench.title())
                .put("unit", bench.unit().name());
        ArrayNode contenders = node.putArray("contenders");
        figures.forEach((label, own) -> {
            ObjectNode each = contenders
                    .addObject()
                    .put("label", label)
                    .put("median", own.median())
                    .put("min", own.min())
                    .put("max", own.max());
            own.extras().forEach(each.putObject("extras")::put);
        });
    }

    @Override
    public String text() {
        return root.toPrettyString() + "\n";
    }
}
