package io.lignum.cluster.internal.topics;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;

import io.lignum.storage.Durability;
import io.lignum.storage.TimestampBounds;
import io.lignum.storage.TopicConfig;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Encodes and decodes a topic's settings for the metadata log, and for requests that a node
 * forwards to the leader. The record is the JSON format, in the order of its components. An empty
 * setting is left out; unknown fields of a later release are ignored. Any thread.
 */
public final class TopicConfigJson {

    static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .defaultPropertyInclusion(JsonInclude.Value.construct(
                    JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private TopicConfigJson() {}

    /**
     * The fields.
     *
     * @param timestampBeforeMaxMs 0: no bound; null in records of earlier releases: the default
     * @param timestampAfterMaxMs as {@code timestampBeforeMaxMs}
     */
    private record Fields(
            @JsonSetter(nulls = Nulls.FAIL) String durability,
            long segmentMaxRecords,
            long segmentMaxBytes,
            long segmentMaxAgeMs,
            @Nullable Long retentionBytes,
            @Nullable Long retentionAgeMs,
            boolean live,
            long quorum,
            @Nullable Long timestampBeforeMaxMs,
            @Nullable Long timestampAfterMaxMs) {

        static Fields of(TopicConfig config) {
            OptionalLong bytes = config.retentionBytes();
            return new Fields(
                    config.durability().name(),
                    config.segmentMaxRecords(),
                    config.segmentMaxBytes(),
                    config.segmentMaxAge().toMillis(),
                    bytes.isPresent() ? bytes.getAsLong() : null,
                    config.retentionAge().map(Duration::toMillis).orElse(null),
                    config.live(),
                    config.quorumCount(),
                    config.timestamps().beforeMax().map(Duration::toMillis).orElse(0L),
                    config.timestamps().afterMax().map(Duration::toMillis).orElse(0L));
        }

        TopicConfig toConfig() {
            TimestampBounds standard = TimestampBounds.DEFAULT;
            return new TopicConfig(
                    Durability.valueOf(durability),
                    segmentMaxRecords,
                    segmentMaxBytes,
                    Duration.ofMillis(segmentMaxAgeMs),
                    retentionBytes == null ? OptionalLong.empty() : OptionalLong.of(retentionBytes),
                    Optional.ofNullable(retentionAgeMs).map(Duration::ofMillis),
                    live,
                    quorum,
                    new TimestampBounds(
                            bound(timestampBeforeMaxMs, standard.beforeMax()),
                            bound(timestampAfterMaxMs, standard.afterMax())));
        }

        private static Optional<Duration> bound(
                @Nullable Long millis, Optional<Duration> standard) {
            if (millis == null) {
                return standard;
            }
            return millis == 0 ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
        }
    }

    /** Returns the settings as text. */
    public static String encode(TopicConfig config) {
        return toTree(config).toString();
    }

    /**
     * Decodes settings.
     *
     * @throws IllegalArgumentException the text is not a topic's settings
     */
    public static TopicConfig decode(String text) {
        try {
            return fromTree(MAPPER.readTree(text));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a topic's settings: " + text, e);
        }
    }

    static JsonNode toTree(TopicConfig config) {
        return MAPPER.valueToTree(Fields.of(config));
    }

    /** @throws IllegalArgumentException the JSON is not a topic's settings */
    static TopicConfig fromTree(JsonNode json) {
        if (!json.isObject()) {
            throw new IllegalArgumentException("a topic's settings are not a JSON object");
        }
        try {
            return MAPPER.treeToValue(json, Fields.class).toConfig();
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "not a topic's settings: " + e.getOriginalMessage(), e);
        }
    }
}
