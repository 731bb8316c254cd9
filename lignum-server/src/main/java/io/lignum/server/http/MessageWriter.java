package io.lignum.server.http;

import com.fasterxml.jackson.core.JsonGenerator;

import io.lignum.record.RecordHeader;
import io.lignum.record.StoredRecord;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Writes messages as JSON. Bytes that are not UTF-8 cannot stand in a JSON string: they come as
 * base64, besides the text with replacement characters in it, so that nothing is lost silently.
 */
final class MessageWriter {

    private final boolean base64;

    /** @param base64 whether all data comes as base64, whatever it holds */
    MessageWriter(boolean base64) {
        this.base64 = base64;
    }

    /** The original's shape: {@code {"Id":0,"Data":"text"}}. */
    void original(JsonGenerator out, StoredRecord record) throws IOException {
        out.writeStartObject();
        out.writeNumberField("Id", record.offset());
        data(out, "Data", "DataBase64", record.value());
        out.writeEndObject();
    }

    /** All that is known of a message; the names are those that a produce takes. */
    void full(JsonGenerator out, StoredRecord record) throws IOException {
        out.writeStartObject();
        out.writeNumberField("offset", record.offset());
        out.writeNumberField("timestamp", record.timestamp());
        if (record.key() != null) {
            data(out, "key", "keyBase64", record.key());
        }
        data(out, "message", "dataBase64", record.value());
        if (!record.headers().isEmpty()) {
            headers(out, record.headers());
        }
        out.writeEndObject();
    }

    private void headers(JsonGenerator out, List<RecordHeader> headers) throws IOException {
        out.writeArrayFieldStart("headers");
        for (RecordHeader header : headers) {
            out.writeStartObject();
            out.writeStringField("key", header.key());
            data(out, "value", "valueBase64", header.value());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private void data(
            JsonGenerator out, String textField, String base64Field, byte @Nullable [] bytes)
            throws IOException {
        if (bytes == null) {
            out.writeNullField(textField);
            return;
        }
        if (base64) {
            out.writeBinaryField(base64Field, bytes);
            return;
        }
        String text = new String(bytes, StandardCharsets.UTF_8);
        out.writeStringField(textField, text);
        if (isLossy(text, bytes)) {
            out.writeBinaryField(base64Field, bytes);
        }
    }

    private static boolean isLossy(String text, byte[] bytes) {
        return text.indexOf('\uFFFD') >= 0
                && !Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes);
    }
}
