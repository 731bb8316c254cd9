package io.lignum.bench;

import io.lignum.bench.work.Sample;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The figures of one contender's rounds. */
final class RoundFigures {

    private final List<Sample> samples = new ArrayList<>();

    void add(Sample sample) {
        samples.add(sample);
    }

    double median() {
        return median(samples.stream().map(Sample::value).toList());
    }

    double min() {
        return samples.stream().mapToDouble(Sample::value).min().orElseThrow();
    }

    double max() {
        return samples.stream().mapToDouble(Sample::value).max().orElseThrow();
    }

    /** Medians of the additional figures. */
    Map<String, Double> extras() {
        Map<String, List<Double>> byName = new TreeMap<>();
        for (Sample sample : samples) {
            sample.extras()
                    .forEach((name, value) ->
                            byName.computeIfAbsent(name, n -> new ArrayList<>()).add(value));
        }
        Map<String, Double> medians = new TreeMap<>();
        byName.forEach((name, values) -> medians.put(name, median(values)));
        return medians;
    }

    private static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(middle)
                : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
