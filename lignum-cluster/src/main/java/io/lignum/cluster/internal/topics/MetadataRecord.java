package io.lignum.cluster.internal.topics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.lignum.storage.TopicConfig;

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
        ObjectNode json = TopicConfigJson.MAPPER.createObjectNode();
        if (this instanceof Create create) {
            json.put("op", "create").put("name", create.name());
            json.set("config", TopicConfigJson.toTree(create.config()));
        } else if (this instanceof Alter alter) {
            json.put("op", "alter");
            json.set("config", TopicConfigJson.toTree(alter.config()));
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
            json = TopicConfigJson.MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a metadata record: " + text, e);
        }
        UUID id = UUID.fromString(json.path("id").asText());
        return switch (json.path("op").asText()) {
            case "create" ->
                new Create(
                        id,
                        json.path("name").asText(),
                        TopicConfigJson.fromTree(json.path("config")));
            case "alter" -> new Alter(id, TopicConfigJson.fromTree(json.path("config")));
            case "delete" -> new Delete(id);
            case "trim" -> new Trim(id, json.path("start").asLong());
            default -> throw new IllegalArgumentException("not a metadata record: " + text);
        };
    }
}
