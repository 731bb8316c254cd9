package io.lignum.server.metrics;

import java.util.Collection;
import java.util.Iterator;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * A metric that every topic has a value of, in Prometheus's text format. It is not kept in the
 * registry, which would hold an object for each topic and build the text of all of them at once.
 *
 * @param name as Prometheus shows it
 * @param type gauge or counter
 * @param topic the topic's name, which needs no escaping in a label
 */
record TopicMetric<T>(
        String name,
        String type,
        String description,
        Function<T, String> topic,
        ToDoubleFunction<T> value) {

    /** Each made when it is asked for. */
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
