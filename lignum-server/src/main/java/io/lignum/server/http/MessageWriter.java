package io.lignum.server.http;

import io.lignum.record.RecordHeader;
import io.lignum.record.StoredRecord;
import io.lignum.record.Utf8;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;

/**
 * Writes messages as JSON. A JSON string cannot hold bytes that are not UTF-8, so these are also
 * written as base64, in addition to the text with replacement characters. Used by one response at a
 * time, on any thread.
 */
final class MessageWriter {

    private final boolean base64;

    /** @param base64 whether to write all data as base64 */
    MessageWriter(boolean base64) {
        this.base64 = base64;
    }

    /** Writes the original's form: {@code {"Id":0,"Data":"text"}}. */
    void original(JsonStream json, StoredRecord record) {
        json.raw("{\"Id\":" + record.offset() + ",");
        data(json, "Data", "DataBase64", record.value());
        json.raw("}");
    }

    /** Writes all fields of a message, with the names that a produce request uses. */
    void full(JsonStream json, StoredRecord record) {
        json.raw("{\"offset\":" + record.offset() + ",\"timestamp\":" + record.timestamp() + ",");
        if (record.key() != null) {
            data(json, "key", "keyBase64", record.key());
            json.raw(",");
        }
        data(json, "message", "dataBase64", record.value());
        if (!record.headers().isEmpty()) {
            json.raw(",\"headers\":[");
            json.each(headers(record.headers()));
            json.raw("]");
        }
        json.raw("}");
    }

    private JsonStream.Source headers(List<RecordHeader> headers) {
        Iterator<RecordHeader> rest = headers.iterator();
        boolean[] first = {true};
        return json -> {
            if (!rest.hasNext()) {
                return false;
            }
            RecordHeader header = rest.next();
            json.raw(first[0] ? "{\"key\":" : ",{\"key\":");
            first[0] = false;
            json.string(Utf8.encode(header.key())).raw(",");
            data(json, "value", "valueBase64", header.value());
            json.raw("}");
            return true;
        };
    }

    private void data(
            JsonStream json, String textField, String base64Field, byte @Nullable [] bytes) {
        if (bytes == null) {
            json.raw("\"" + textField + "\":null");
        } else if (base64) {
            json.raw("\"" + base64Field + "\":").base64(bytes);
        } else {
            json.raw("\"" + textField + "\":").string(bytes);
            if (!isUtf8(bytes)) {
                json.raw(",\"" + base64Field + "\":").base64(bytes);
            }
        }
    }

    private static boolean isUtf8(byte[] bytes) {
        int ascii = 0;
        while (ascii < bytes.length && bytes[ascii] >= 0) {
            ascii++;
        }
        return ascii == bytes.length || isWellFormed(bytes);
    }

    private static boolean isWellFormed(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder(); // reports what is malformed
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(Math.min(bytes.length + 1, 1_024));
        CoderResult result = CoderResult.OVERFLOW;
        while (result.isOverflow()) {
            result = decoder.decode(in, out.clear(), true);
        }
        return !result.isError();
    }
}
