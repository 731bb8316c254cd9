package io.lignum.storage.testing;

import io.lignum.storage.Durability;
import io.lignum.storage.TimestampBounds;
import io.lignum.storage.TopicConfig;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Settings of topics for the tests of their encodings. Each setting has a value other than its
 * default in one of the samples, so an encoding that forgets a setting does not return the sample.
 * {@link #all} fails until a new setting has such a value.
 */
public final class TopicConfigSamples {

    private static final TopicConfig LIVE = new TopicConfig(
            Durability.ALWAYS,
            10,
            5_000,
            Duration.ofMillis(12),
            OptionalLong.of(99),
            Optional.of(Duration.ofMillis(77)),
            true,
            2,
            new TimestampBounds(Optional.of(Duration.ofMillis(5)), Optional.empty()));

    private static final TopicConfig INTERVAL =
            TopicConfig.DEFAULT.withDurability(Durability.INTERVAL);

    private TopicConfigSamples() {}

    /** The samples, and the default. */
    public static List<TopicConfig> all() {
        requireChange(TopicConfig.class, TopicConfig.DEFAULT, List.of(LIVE, INTERVAL));
        requireChange(
                TimestampBounds.class,
                TopicConfig.DEFAULT.timestamps(),
                List.of(LIVE.timestamps(), INTERVAL.timestamps()));
        return List.of(LIVE, INTERVAL, TopicConfig.DEFAULT);
    }

    private static <T extends Record> void requireChange(
            Class<T> type, T standard, List<T> samples) {
        for (RecordComponent setting : type.getRecordComponents()) {
            Object usual = value(setting, standard);
            if (samples.stream().allMatch(sample -> value(setting, sample).equals(usual))) {
                throw new AssertionError(
                        setting.getName() + " has its default in all samples: change one");
            }
        }
    }

    private static Object value(RecordComponent setting, Record of) {
        try {
            return setting.getAccessor().invoke(of);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(setting + " cannot be read", e);
        }
    }
}
