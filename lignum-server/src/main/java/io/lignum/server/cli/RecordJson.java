package io.lignum.server.cli;

import io.lignum.record.RecordHeader;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** Writes a record as JSON, like the HTTP API. */
final class RecordJson {

    private RecordJson() {}

    static void write(
            JsonLines json,
            long offset,
            long timestamp,
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<RecordHeader> headers) {
        json.begin().field("offset", offset).field("timestamp", timestamp);
        if (key != null) {
            json.bytes("key", "keyBase64", key);
        }
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
