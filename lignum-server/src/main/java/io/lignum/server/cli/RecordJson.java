package io.lignum.server.cli;

import io.lignum.client.Received;
import io.lignum.record.RecordCursor;
import io.lignum.record.RecordHeader;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** Writes a record as JSON, like the HTTP API. */
final class RecordJson {

    private RecordJson() {}

    /** Writes the record at the cursor. */
    static void write(JsonLines json, RecordCursor record) {
        write(json, record, record.value());
    }

    /** Writes the record at the cursor with this value in place of its own. */
    static void write(JsonLines json, RecordCursor record, byte @Nullable [] value) {
        begin(json, record.offset(), record.timestamp(), record.key());
        end(json, value, record.headers());
    }

    /** Writes a record that the client received. */
    static void write(JsonLines json, Received<byte[], byte[]> record) {
        begin(json, record.offset(), record.timestamp(), record.key());
        end(json, record.value(), record.headers());
    }

    private static void begin(JsonLines json, long offset, long timestamp, byte @Nullable [] key) {
        json.begin().field("offset", offset).field("timestamp", timestamp);
        if (key != null) {
            json.bytes("key", "keyBase64", key);
        }
    }

    private static void end(JsonLines json, byte @Nullable [] value, List<RecordHeader> headers) {
        json.bytes("message", "dataBase64", value);
        if (!headers.isEmpty()) {
            json.beginArray("headers");
            for (RecordHeader header : headers) {
                json.begin().field("key", header.key());
                json.bytes("value", "valueBase64", header.value()).end();
            }
            json.endArray();
        }
        json.endLine();
    }
}
