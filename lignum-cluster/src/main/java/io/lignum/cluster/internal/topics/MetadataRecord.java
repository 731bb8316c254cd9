package io.lignum.cluster.internal.topics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.lignum.storage.Durability;
import io.lignum.storage.TimestampBounds;
import io.lignum.storage.TopicConfig;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * A record of the metadata log: a change to a topic (R32). It takes effect once it is committed, on
 * each node in the order of the log.
 */
public sealed interface MetadataRecord {

    UUID topic();

    /** Creates a topic. Has no effect if the name is taken. */
    record Create(UUID topic, String name, TopicConfig config) implements MetadataRecord {}

    /** Changes the topic's settings. */
    record Alter(UUID topic, TopicConfig config) implements MetadataRecord {}

    /** Deletes the topic; its id is never used again (R33). */
    record Delete(UUID topic) implements MetadataRecord {}

    /** Removes the records below {@code newStart}. */
    record Trim(UUID topic, long newStart) implements MetadataRecord {}

    /** The record as stored in the log. */
    default String toJson() {
        ObjectNode json = Codec.MAPPER.createObjectNode();
        if (this instanceof Create create) {
            json.put("op", "create").put("name", create.name());
            Codec.put(json.putObject("config"), create.config());
        } else if (this instanceof Alter alter) {
            json.put("op", "alter");
            Codec.put(json.putObject("config"), alter.config());
        } else if (this instanceof Delete) {
            json.put("op", "delete");
        } else if (this instanceof Trim trim) {
            json.put("op", "trim").put("start", trim.newStart());
        }
        return json.put("id", topic().toString()).toString();
    }

    /**
     * Decodes a record of the log.
     *
     * @throws IllegalArgumentException it is not such a record
     */
    static MetadataRecord fromJson(String text) {
        JsonNode json;
        try {
            json = Codec.MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a metadata record: " + text, e);
        }
        UUID id = UUID.fromString(json.path("id").asText());
        return switch (json.path("op").asText()) {
            case "create" ->
                new Create(id, json.path("name").asText(), Codec.config(json.path("config")));
            case "alter" -> new Alter(id, Codec.config(json.path("config")));
            case "delete" -> new Delete(id);
            case "trim" -> new Trim(id, json.path("start").asLong());
            default -> throw new IllegalArgumentException("not a metadata record: " + text);
        };
    }

    /** A topic's settings as JSON; also used to forward them. */
    static String configToJson(TopicConfig config) {
        ObjectNode json = Codec.MAPPER.createObjectNode();
        Codec.put(json, config);
        return json.toString();
    }

    /**
     * Decodes settings.
     *
     * @throws IllegalArgumentException the text is not a topic's settings
     */
    static TopicConfig configFromJson(String text) {
        try {
            return Codec.config(Codec.MAPPER.readTree(text));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a topic's settings: " + text, e);
        }
    }

    /** The JSON form of settings. */
    final class Codec {
        private static final ObjectMapper MAPPER = new ObjectMapper();

        private Codec() {}

        private static void put(ObjectNode json, TopicConfig config) {
            json.put("durability", config.durability().name());
            json.put("segment_max_records", config.segmentMaxRecords());
            json.put("segment_max_bytes", config.segmentMaxBytes());
            json.put("segment_max_age_ms", config.segmentMaxAge().toMillis());
            config.retentionBytes().ifPresent(bytes -> json.put("retention_bytes", bytes));
            config.retentionAge().ifPresent(age -> json.put("retention_age_ms", age.toMillis()));
            json.put("live", config.live());
            json.put("quorum", config.quorumCount());
            TimestampBounds bounds = config.timestamps();
            json.put("timestamp_before_max_ms", millis(bounds.beforeMax()));
            json.put("timestamp_after_max_ms", millis(bounds.afterMax()));
        }

        private static TopicConfig config(JsonNode json) {
            JsonNode bytes = json.path("retention_bytes");
            JsonNode age = json.path("retention_age_ms");
            return new TopicConfig(
                    Durability.valueOf(json.path("durability").asText()),
                    json.path("segment_max_records").asLong(),
                    json.path("segment_max_bytes").asLong(),
                    Duration.ofMillis(json.path("segment_max_age_ms").asLong()),
                    bytes.isNumber() ? OptionalLong.of(bytes.longValue()) : OptionalLong.empty(),
                    age.isNumber()
                            ? Optional.of(Duration.ofMillis(age.longValue()))
                            : Optional.empty(),
                    json.path("live").asBoolean(),
                    json.path("quorum").asLong(),
                    new TimestampBounds(
                            bound(
                                    json.path("timestamp_before_max_ms"),
                                    TimestampBounds.DEFAULT.beforeMax()),
                            bound(
                                    json.path("timestamp_after_max_ms"),
                                    TimestampBounds.DEFAULT.afterMax())));
        }

        /** 0 means no bound. */
        private static long millis(Optional<Duration> bound) {
            return bound.map(Duration::toMillis).orElse(0L);
        }

        /** Records of earlier releases have no bounds: the default applies. */
        private static Optional<Duration> bound(JsonNode json, Optional<Duration> standard) {
            if (!json.isNumber()) {
                return standard;
            }
            return json.longValue() == 0
                    ? Optional.empty()
                    : Optional.of(Duration.ofMillis(json.longValue()));
        }
    }
}
