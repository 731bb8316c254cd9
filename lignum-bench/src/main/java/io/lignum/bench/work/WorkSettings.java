package io.lignum.bench.work;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The settings of a work, as {@code key=value} pairs on the command line of its JVM. */
public record WorkSettings(Map<String, String> values) {

    public WorkSettings {
        values = Map.copyOf(values);
    }

    public static WorkSettings of(String... pairs) {
        Map<String, String> values = new TreeMap<>();
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("not key=value: " + pair);
            }
            values.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return new WorkSettings(values);
    }

    /** These settings, overridden by others. */
    public WorkSettings with(WorkSettings others) {
        Map<String, String> merged = new TreeMap<>(values);
        merged.putAll(others.values);
        return new WorkSettings(merged);
    }

    public String text(String key) {
        String value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException("no setting " + key + " in " + values);
        }
        return value;
    }

    /** The value of a setting that may be absent. */
    public Optional<String> find(String key) {
        return Optional.ofNullable(values.get(key));
    }

    public long number(String key) {
        return Long.parseLong(text(key));
    }

    public int integer(String key) {
        return Integer.parseInt(text(key));
    }

    /** The directory for data; it exists. */
    public Path directory() {
        return Path.of(text("dir"));
    }

    /** The pairs {@code key=value}, sorted by key. */
    public String[] pairs() {
        return new TreeMap<>(values)
                .entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .toArray(String[]::new);
    }
}
