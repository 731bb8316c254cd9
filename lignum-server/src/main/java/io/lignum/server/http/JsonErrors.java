package io.lignum.server.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;

import io.lignum.record.Utf8;
import io.lignum.server.service.ServiceException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Reads typed values from JSON. Errors name the field, the expected type and the position.
 * Stateless; any thread.
 */
final class JsonErrors {

    private JsonErrors() {}

    static void requireEnd(JsonParser json) throws IOException {
        if (json.nextToken() != null) {
            throw ServiceException.invalid(
                    "body", "unexpected text after the end of the JSON" + where(json));
        }
    }

    static String where(JsonParser json) {
        return " at line " + json.currentTokenLocation().getLineNr() + ", column "
                + json.currentTokenLocation().getColumnNr();
    }

    /**
     * Adds a field to those seen.
     *
     * @throws ServiceException the field occurred before
     */
    static void once(JsonParser json, Set<String> seen, String field) {
        if (!seen.add(field)) {
            throw ServiceException.invalid(field, field + " is given twice" + where(json));
        }
    }

    /**
     * Refuses two fields that are alternatives of each other.
     *
     * @throws ServiceException both occurred
     */
    static void either(JsonParser json, Set<String> seen, String text, String base64) {
        if (seen.contains(text) && seen.contains(base64)) {
            throw ServiceException.invalid(
                    text, "give " + text + " or " + base64 + ", not both" + where(json));
        }
    }

    static ServiceException unknown(JsonParser json, String field, String known) {
        return ServiceException.invalid(
                field, "unknown field " + field + where(json) + "; known are " + known);
    }

    static String string(JsonParser json, String field) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw ServiceException.invalid(field, field + " must be a string" + where(json));
        }
        return encodable(json.getText(), field);
    }

    /**
     * Returns the text.
     *
     * @throws ServiceException it has an unpaired surrogate, which UTF-8 cannot encode
     */
    private static String encodable(String text, String field) {
        OptionalInt unpaired = Utf8.unpairedSurrogate(text);
        if (unpaired.isPresent()) {
            throw ServiceException.invalid(
                    field, field + " has an unpaired surrogate at index " + unpaired.getAsInt());
        }
        return text;
    }

    static @Nullable String stringOrNull(JsonParser json, String field) throws IOException {
        return json.currentToken() == JsonToken.VALUE_NULL ? null : string(json, field);
    }

    static byte @Nullable [] base64(JsonParser json, String field) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        string(json, field);
        try {
            return json.getBinaryValue();
        } catch (JsonProcessingException e) {
            throw ServiceException.invalid(field, field + " is not base64" + where(json));
        }
    }

    /** Reads an integer from 0 to 2^63-1. */
    static long number(JsonParser json, String field) throws IOException {
        requireInteger(json, field);
        return parse(field, json.getText());
    }

    /** Reads an integer from 0 to 2^64-1, as the bits of a long. */
    static long unsigned(JsonParser json, String field) throws IOException {
        requireInteger(json, field);
        return parseUnsigned(field, json.getText());
    }

    private static void requireInteger(JsonParser json, String field) {
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw ServiceException.invalid(
                    field, field + " must be a whole number, 0 or more" + where(json));
        }
    }

    /** Parses an integer from 0 to 2^63-1. */
    static long parse(String field, String text) {
        try {
            if (text.startsWith("+") || text.startsWith("-")) {
                throw new NumberFormatException("sign");
            }
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw ServiceException.invalid(
                    field, field + " must be a whole number from 0 to 2^63-1");
        }
    }

    static long parseUnsigned(String field, String text) {
        try {
            if (text.startsWith("+")) {
                throw new NumberFormatException("sign");
            }
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw ServiceException.invalid(
                    field, field + " must be a whole number from 0 to 2^64-1");
        }
    }

    static boolean bool(JsonParser json, String field) throws IOException {
        JsonToken token = json.currentToken();
        if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
            throw ServiceException.invalid(field, field + " must be true or false" + where(json));
        }
        return token == JsonToken.VALUE_TRUE;
    }
}
