package io.lignum.bench.work;

import java.util.Map;
import java.util.TreeMap;

/**
 * The result of one round.
 *
 * @param value the figure that is compared, in the unit of the case
 * @param extras additional figures by name; the name ends in the unit
 */
public record Sample(double value, Map<String, Double> extras) {

    public Sample {
        extras = Map.copyOf(new TreeMap<>(extras));
    }

    public static Sample of(double value) {
        return new Sample(value, Map.of());
    }

    public Sample with(String name, double extra) {
        Map<String, Double> more = new TreeMap<>(extras);
        more.put(name, extra);
        return new Sample(value, more);
    }
}
