package io.lignum.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import io.lignum.server.config.Choices;
import io.lignum.server.service.ServiceException;
import io.lignum.server.service.TopicInfo;
import io.lignum.server.service.TopicPatch;
import io.lignum.storage.Durability;
import io.lignum.storage.TopicConfig;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Reads and writes a topic's settings as JSON: the only class that knows their form in the HTTP
 * API. Any thread.
 */
@SuppressWarnings("NullableOptional") // as TopicPatch: null leaves alone, empty removes the bound
final class TopicJson {

    private static final String FIELDS = "durability, segmentMaxRecords, segmentMaxBytes,"
            + " segmentMaxAgeMs, retentionBytes, retentionAgeMs, live, mode, quorumCount,"
            + " timestampBeforeMaxMs, timestampAfterMaxMs";

    /** Fields of a response that clients cannot set. */
    private static final Set<String> DESCRIBED = Set.of(
            "name", "message_count", "id", "start", "end", "bytes", "segments", "copiesAtAck");

    private @Nullable Durability durability;
    private @Nullable Long segmentMaxRecords;
    private @Nullable Long segmentMaxBytes;
    private @Nullable Duration segmentMaxAge;
    private @Nullable OptionalLong retentionBytes;
    private @Nullable Optional<Duration> retentionAge;
    private @Nullable Boolean live;
    private @Nullable Long quorumCount;
    private @Nullable Optional<Duration> timestampBeforeMax;
    private @Nullable Optional<Duration> timestampAfterMax;

    private TopicJson() {}

    /** Parses a change of settings; an empty body changes nothing. */
    static TopicPatch parse(Body body) {
        if (body.isEmpty()) {
            return TopicPatch.NONE;
        }
        return body.parse(TopicJson::read);
    }

    /** Reads one object up to the end of the text. */
    static TopicPatch read(JsonParser json) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw ServiceException.invalid("body", "a JSON object is expected");
        }
        TopicJson settings = new TopicJson();
        Set<String> seen = new HashSet<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            JsonErrors.once(json, seen, field);
            json.nextToken();
            settings.take(json, field);
        }
        JsonErrors.requireEnd(json);
        return settings.patch();
    }

    private void take(JsonParser json, String field) throws IOException {
        switch (field) {
            case "durability" -> durability = durability(JsonErrors.string(json, field));
            case "segmentMaxRecords" -> segmentMaxRecords = JsonErrors.number(json, field);
            case "segmentMaxBytes" -> segmentMaxBytes = JsonErrors.number(json, field);
            case "segmentMaxAgeMs" ->
                segmentMaxAge = Duration.ofMillis(JsonErrors.number(json, field));
            case "retentionBytes" ->
                retentionBytes = isNull(json)
                        ? OptionalLong.empty()
                        : OptionalLong.of(JsonErrors.number(json, field));
            case "retentionAgeMs" ->
                retentionAge = isNull(json)
                        ? Optional.empty()
                        : Optional.of(Duration.ofMillis(JsonErrors.number(json, field)));
            case "live" -> live(JsonErrors.bool(json, field));
            case "mode" -> live(mode(JsonErrors.string(json, field)));
            case "quorumCount" -> quorumCount = JsonErrors.number(json, field);
            case "timestampBeforeMaxMs" -> timestampBeforeMax = bound(json, field);
            case "timestampAfterMaxMs" -> timestampAfterMax = bound(json, field);
            default -> {
                if (!DESCRIBED.contains(field)) {
                    throw JsonErrors.unknown(json, field, FIELDS);
                }
                json.skipChildren(); // Clients may send a response back.
            }
        }
    }

    /** Reads a bound; null accepts any timestamp. */
    private static Optional<Duration> bound(JsonParser json, String field) throws IOException {
        return isNull(json)
                ? Optional.empty()
                : Optional.of(Duration.ofMillis(JsonErrors.number(json, field)));
    }

    /** Takes the mode from {@code live} or {@code mode}, which must agree. */
    private void live(boolean value) {
        if (live != null && live != value) {
            throw ServiceException.invalid("mode", "live and mode contradict each other");
        }
        live = value;
    }

    private static boolean mode(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "live" -> true;
            case "wal" -> false;
            default -> throw ServiceException.invalid("mode", "mode must be live or wal");
        };
    }

    private static boolean isNull(JsonParser json) {
        return json.currentToken() == JsonToken.VALUE_NULL;
    }

    private static Durability durability(String text) {
        try {
            return Choices.parse(Durability.class, text);
        } catch (IllegalArgumentException unknown) {
            throw ServiceException.invalid("durability", "durability " + unknown.getMessage());
        }
    }

    private TopicPatch patch() {
        return new TopicPatch(
                durability,
                segmentMaxRecords,
                segmentMaxBytes,
                segmentMaxAge,
                retentionBytes,
                retentionAge,
                live,
                quorumCount,
                timestampBeforeMax,
                timestampAfterMax);
    }

    static void write(JsonGenerator out, TopicInfo topic) throws IOException {
        out.writeStartObject();
        out.writeStringField("name", topic.name());
        out.writeNumberField("message_count", topic.messageCount());
        out.writeStringField("id", topic.id().toString());
        out.writeNumberField("start", topic.logStart());
        out.writeNumberField("end", topic.readableEnd());
        out.writeNumberField("bytes", topic.sizeInBytes());
        out.writeNumberField("segments", topic.segments());
        writeConfig(out, topic.config());
        out.writeStringField("mode", topic.config().live() ? "live" : "wal");
        out.writeNumberField("copiesAtAck", topic.copiesAtAck());
        out.writeEndObject();
    }

    private static void writeConfig(JsonGenerator out, TopicConfig config) throws IOException {
        out.writeStringField("durability", config.durability().name().toLowerCase(Locale.ROOT));
        out.writeNumberField("segmentMaxRecords", config.segmentMaxRecords());
        out.writeNumberField("segmentMaxBytes", config.segmentMaxBytes());
        out.writeNumberField("segmentMaxAgeMs", config.segmentMaxAge().toMillis());
        if (config.retentionBytes().isPresent()) {
            out.writeNumberField("retentionBytes", config.retentionBytes().getAsLong());
        } else {
            out.writeNullField("retentionBytes");
        }
        if (config.retentionAge().isPresent()) {
            out.writeNumberField("retentionAgeMs", config.retentionAge().get().toMillis());
        } else {
            out.writeNullField("retentionAgeMs");
        }
        out.writeBooleanField("live", config.live());
        out.writeNumberField("quorumCount", config.quorumCount());
        writeBound(out, "timestampBeforeMaxMs", config.timestamps().beforeMax());
        writeBound(out, "timestampAfterMaxMs", config.timestamps().afterMax());
    }

    private static void writeBound(JsonGenerator out, String field, Optional<Duration> bound)
            throws IOException {
        if (bound.isPresent()) {
            out.writeNumberField(field, bound.get().toMillis());
        } else {
            out.writeNullField(field);
        }
    }
}
