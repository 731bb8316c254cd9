package io.lignum.server.config;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The value and origin of every key. Later sources replace earlier ones: defaults, file,
 * environment, flags. Problems are collected, so that one start reports all of them.
 */
final class Settings {

    /** @param value the parsed value; null for an optional key that is not set */
    record Setting(@Nullable Object value, String text, String origin) {}

    private static final String DEFAULT = "default";

    private final Map<ConfigKey, Setting> values = new EnumMap<>(ConfigKey.class);
    private final List<String> problems = new ArrayList<>();
    private boolean clustered;

    Settings() {
        for (ConfigKey key : ConfigKey.values()) {
            String text = key.defaultText();
            Object value = text.isEmpty() ? null : key.type().parse(text);
            values.put(key, new Setting(value, text, DEFAULT));
        }
    }

    void problem(String problem) {
        problems.add(problem);
    }

    void apply(RawSetting raw) {
        Optional<ConfigKey> key = ConfigKey.of(raw.path());
        if (key.isEmpty()) {
            problem("%s (%s): unknown key; the nearest one is %s"
                    .formatted(Shown.text(raw.path()), raw.origin(), NearestKey.to(raw.path())));
            return;
        }
        apply(key.get(), raw);
    }

    private void apply(ConfigKey key, RawSetting raw) {
        if (raw.text().isEmpty() && key.isOptional()) {
            values.put(key, new Setting(null, "", raw.origin()));
            return;
        }
        try {
            Object value = key.type().parse(raw.text());
            values.put(key, new Setting(value, raw.text(), raw.origin()));
        } catch (IllegalArgumentException e) {
            String shown = key.isSecret() ? "***" : Shown.text(raw.text());
            String fix = key.isOptional()
                    ? "correct it or leave the key out"
                    : "correct it or leave the key out for the default, " + key.defaultText();
            problem("%s = \"%s\" (%s): %s; %s"
                    .formatted(key.path(), shown, raw.origin(), e.getMessage(), fix));
        }
    }

    Setting setting(ConfigKey key) {
        Setting setting = values.get(key);
        if (setting == null) {
            throw new IllegalStateException("no value for " + key.path());
        }
        return setting;
    }

    /** {@code key = value (origin)}, the beginning of messages about a key. */
    String shown(ConfigKey key) {
        Setting setting = setting(key);
        return "%s = %s (%s)".formatted(key.path(), Shown.text(setting.text()), setting.origin());
    }

    boolean isGiven(ConfigKey key) {
        return !setting(key).origin().startsWith(DEFAULT);
    }

    /** Replaces a default by a value that fits this machine. */
    void fit(ConfigKey key, long value, String why) {
        values.put(key, new Setting(value, Long.toString(value), DEFAULT + " " + why));
    }

    /**
     * A consul section in the file, or one of its keys from another source, makes this a node of a
     * cluster.
     */
    void decideCluster(List<RawSetting> sections) {
        clustered = sections.stream().anyMatch(section -> section.path().equals("consul"))
                || values.keySet().stream()
                        .anyMatch(key -> key.section().equals("consul") && isGiven(key));
    }

    boolean isClustered() {
        return clustered;
    }

    long number(ConfigKey key) {
        return (Long) required(key);
    }

    int whole(ConfigKey key) {
        return Math.toIntExact(number(key));
    }

    String text(ConfigKey key) {
        return required(key).toString();
    }

    <T> T choice(ConfigKey key, Class<T> type) {
        return type.cast(required(key));
    }

    Optional<String> optionalText(ConfigKey key) {
        return Optional.ofNullable(setting(key).value()).map(Object::toString);
    }

    Duration seconds(ConfigKey key) {
        return Duration.ofSeconds(number(key));
    }

    Duration millis(ConfigKey key) {
        return Duration.ofMillis(number(key));
    }

    OptionalLong optionalNumber(ConfigKey key) {
        return setting(key).value() == null ? OptionalLong.empty() : OptionalLong.of(number(key));
    }

    Optional<Duration> optionalMillis(ConfigKey key) {
        return setting(key).value() == null
                ? Optional.empty()
                : Optional.of(Duration.ofMillis(number(key)));
    }

    private Object required(ConfigKey key) {
        Object value = setting(key).value();
        if (value == null) {
            throw new IllegalStateException(key.path() + " has neither a value nor a default");
        }
        return value;
    }

    void throwIfAnyProblem() {
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
    }
}
