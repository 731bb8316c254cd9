package io.lignum.server.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import io.lignum.record.RecordHeader;
import io.lignum.record.Utf8;
import io.lignum.server.service.ErrorCode;
import io.lignum.server.service.MemoryLease;
import io.lignum.server.service.ServiceException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads messages from JSON as a stream: one object, an array, or lines. Unknown fields are errors.
 * The routes for writes use one for each body, on one thread.
 */
final class MessageParser {

    private static final String FIELDS =
            "topic, message, dataBase64, key, keyBase64, headers, timestamp";

    /** Memory of a message or header object besides its bytes, rounded up. */
    private static final int OBJECT_BYTES = 256;

    private final JsonParser json;
    private final MemoryLease memory;
    private final Set<String> seen = new HashSet<>();
    private @Nullable String topic;
    private @Nullable String text;
    private byte @Nullable [] key;
    private byte @Nullable [] value;
    private List<RecordHeader> headers = List.of();
    private @Nullable Long timestamp;

    private MessageParser(JsonParser json, MemoryLease memory) {
        this.json = json;
        this.memory = memory;
    }

    /** Parses a body with one object. */
    static IncomingMessage one(Body body) {
        return body.parse(json -> {
            IncomingMessage message = next(json, json.nextToken(), body.memory());
            JsonErrors.requireEnd(json);
            return message;
        });
    }

    /** Parses an array. A string in it is a message with only a value. */
    static List<IncomingMessage> array(Body body, int max) {
        return body.parse(json -> {
            if (json.nextToken() != JsonToken.START_ARRAY) {
                throw ServiceException.invalid("body", "a JSON array of messages is expected");
            }
            List<IncomingMessage> messages = new ArrayList<>();
            JsonToken token = json.nextToken();
            while (token != JsonToken.END_ARRAY) {
                add(messages, element(messages.size(), json, token, body.memory()), max);
                token = json.nextToken();
            }
            JsonErrors.requireEnd(json);
            return messages;
        });
    }

    /** Parses one JSON value per line, each as in {@link #array}; skips empty lines. */
    static List<IncomingMessage> lines(Body body, int max) {
        return body.parse(json -> {
            List<IncomingMessage> messages = new ArrayList<>();
            JsonToken token = json.nextToken();
            while (token != null) {
                add(messages, element(messages.size(), json, token, body.memory()), max);
                token = json.nextToken();
            }
            return messages;
        });
    }

    private static void add(List<IncomingMessage> messages, IncomingMessage message, int max) {
        if (messages.size() >= max) {
            throw ServiceException.overLimit(
                    ErrorCode.BATCH_TOO_LARGE,
                    "limits.batch-max-records",
                    max,
                    "the batch has too many messages");
        }
        messages.add(message);
    }

    /** Parses the message at {@code index} of a batch. Errors name the index. */
    private static IncomingMessage element(
            int index, JsonParser json, @Nullable JsonToken token, MemoryLease memory)
            throws IOException {
        try {
            return next(json, token, memory);
        } catch (ServiceException e) {
            Optional<String> field = e.field();
            throw field.isPresent() ? e.ofField(IncomingMessage.field(index, field.get())) : e;
        }
    }

    private static IncomingMessage next(
            JsonParser json, @Nullable JsonToken token, MemoryLease memory) throws IOException {
        memory.take(OBJECT_BYTES);
        if (token == JsonToken.VALUE_STRING) {
            String text = JsonErrors.string(json, "message");
            return new IncomingMessage(null, text, null, Utf8.encode(text), List.of(), null);
        }
        if (token != JsonToken.START_OBJECT) {
            throw ServiceException.invalid(
                    "body", "a JSON object is expected" + JsonErrors.where(json));
        }
        return new MessageParser(json, memory).object();
    }

    private IncomingMessage object() throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            JsonErrors.once(json, seen, field);
            json.nextToken();
            take(field);
        }
        JsonErrors.either(json, seen, "message", "dataBase64");
        JsonErrors.either(json, seen, "key", "keyBase64");
        if (!seen.contains("message") && !seen.contains("dataBase64")) {
            throw ServiceException.invalid(
                    "message", "there is no message" + JsonErrors.where(json));
        }
        return new IncomingMessage(topic, text, key, value, headers, timestamp);
    }

    private void take(String field) throws IOException {
        switch (field) {
            case "topic" -> topic = JsonErrors.string(json, field);
            case "message" -> {
                text = JsonErrors.stringOrNull(json, field);
                value = text == null ? null : Utf8.encode(text);
            }
            case "dataBase64" -> value = JsonErrors.base64(json, field);
            case "key" -> {
                String given = JsonErrors.stringOrNull(json, field);
                key = given == null ? null : Utf8.encode(given);
            }
            case "keyBase64" -> key = JsonErrors.base64(json, field);
            case "headers" -> headers = headers();
            case "timestamp" -> timestamp = JsonErrors.number(json, field);
            default -> throw JsonErrors.unknown(json, field, FIELDS);
        }
    }

    private List<RecordHeader> headers() throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw ServiceException.invalid("headers", "must be an array of {key, value}");
        }
        List<RecordHeader> list = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() != JsonToken.START_OBJECT) {
                throw ServiceException.invalid("headers", "must be an array of {key, value}");
            }
            memory.take(OBJECT_BYTES);
            list.add(header());
        }
        return list;
    }

    private RecordHeader header() throws IOException {
        String name = null;
        byte[] bytes = null;
        Set<String> fields = new HashSet<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            JsonErrors.once(json, fields, "headers." + field);
            json.nextToken();
            switch (field) {
                case "key" -> name = JsonErrors.string(json, "headers.key");
                case "value" -> {
                    String given = JsonErrors.stringOrNull(json, "headers.value");
                    bytes = given == null ? null : Utf8.encode(given);
                }
                case "valueBase64" -> bytes = JsonErrors.base64(json, "headers.valueBase64");
                default ->
                    throw JsonErrors.unknown(json, "headers." + field, "key, value, valueBase64");
            }
        }
        JsonErrors.either(json, fields, "headers.value", "headers.valueBase64");
        if (name == null) {
            throw ServiceException.invalid("headers.key", "a header needs a key");
        }
        return new RecordHeader(name, bytes);
    }
}
