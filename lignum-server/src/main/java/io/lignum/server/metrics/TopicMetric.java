package io.lignum.server.metrics;

import java.util.Collection;
import java.util.Iterator;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * A metric with a value for each topic, printed in Prometheus's text format. {@code GET /metrics}
 * generates its lines while they are sent, on the thread that sends. It is not in the registry,
 * which would keep an object for each topic and build the text of all topics at once. Immutable.
 *
 * @param name as printed
 * @param type gauge or counter
 * @param topic the topic's name, which needs no escaping in a label
 */
record TopicMetric<T>(
        String name,
        String type,
        String description,
        Function<T, String> topic,
        ToDoubleFunction<T> value) {

    /** Returns the lines, each generated on demand. */
    Iterator<String> lines(Collection<T> topics) {
        if (topics.isEmpty()) {
            return Stream.<String>empty().iterator();
        }
        String head = "# HELP " + name + " " + description + "\n# TYPE " + name + " " + type + "\n";
        return Stream.concat(Stream.of(head), topics.stream().map(this::line)).iterator();
    }

    private String line(T one) {
        return name + "{topic=\"" + topic.apply(one) + "\"} " + value.applyAsDouble(one) + "\n";
    }
}
