package io.lignum.server.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;

import io.lignum.server.service.ErrorCode;
import io.lignum.server.service.ServiceException;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * The fields of a request about users, tokens or grants: an object of strings, except for
 * {@code valid_ms}. Since the body may have a password, no error quotes it.
 * Routes parse it on the thread of the request.
 */
final class SecurityBody {

    /** More than the longest valid password, name and description together. */
    static final int MAX_BYTES = 16 * 1024;

    static final String VALID = "valid_ms";

    private final Set<String> given = new HashSet<>();
    private final Map<String, String> texts = new HashMap<>();
    private OptionalLong validMillis = OptionalLong.empty();

    private SecurityBody() {}

    /**
     * Parses a body.
     *
     * @throws ServiceException it is too long, no JSON object, or has another field or type
     */
    static SecurityBody parse(Body body, Set<String> known) {
        if (body.length() > MAX_BYTES) {
            throw ServiceException.refused(
                    ErrorCode.REQUEST_TOO_LARGE,
                    "the body of this call must have at most " + MAX_BYTES + " bytes");
        }
        return body.parse(json -> {
            try {
                return read(json, known);
            } catch (JsonProcessingException e) { // Its message quotes the text.
                throw ServiceException.invalid(
                        "body",
                        "bad JSON" + JsonErrors.where(json) + "; a JSON object is expected");
            }
        });
    }

    private static SecurityBody read(JsonParser json, Set<String> known) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw ServiceException.invalid("body", "a JSON object is expected");
        }
        SecurityBody body = new SecurityBody();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            JsonErrors.once(json, body.given, field);
            json.nextToken();
            if (!known.contains(field)) {
                throw JsonErrors.unknown(json, field, String.join(", ", new TreeSet<>(known)));
            }
            if (json.currentToken() != JsonToken.VALUE_NULL) {
                body.take(json, field);
            }
        }
        JsonErrors.requireEnd(json);
        return body;
    }

    private void take(JsonParser json, String field) throws IOException {
        if (field.equals(VALID)) {
            validMillis = OptionalLong.of(JsonErrors.number(json, field));
        } else {
            texts.put(field, JsonErrors.string(json, field));
        }
    }

    /** Returns a string that must be there. */
    String required(String field) {
        return text(field).orElseThrow(() -> missing(field));
    }

    /** Returns a string; empty: it is absent or null. */
    Optional<String> text(String field) {
        return Optional.ofNullable(texts.get(field));
    }

    /** Returns a string that must be given, if only as null, which empties it. */
    Optional<String> given(String field) {
        if (!given.contains(field)) {
            throw missing(field);
        }
        return text(field);
    }

    private static ServiceException missing(String field) {
        return ServiceException.invalid(field, "there is no \"" + field + "\"");
    }

    OptionalLong validMillis() {
        return validMillis;
    }
}
