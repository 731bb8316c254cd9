package io.lignum.server.http;

import com.fasterxml.jackson.core.JsonGenerator;

import io.lignum.record.StoredRecord;
import io.lignum.server.service.Page;

import java.io.IOException;
import java.util.Iterator;

/**
 * Writes a page of messages as JSON while it is sent, so that the text is never in memory as a
 * whole. Used by one thread at a time.
 */
final class PageJson {

    private PageJson() {}

    /** Writes one message. */
    interface Message {
        void write(JsonStream json, StoredRecord record);
    }

    /** Writes the fields after the messages into an object that the caller opens and closes. */
    interface Tail {
        void write(JsonGenerator out) throws IOException;
    }

    /** Writes {@code {"messages":[...], ...}}. */
    static JsonStream object(Page page, Message message, Tail tail) {
        byte[] fields = Json.bytes(out -> {
            out.writeStartObject();
            tail.write(out);
            out.writeEndObject();
        });
        // Omits the opening brace: the tail continues the object of the array.
        fields[0] = ',';
        Iterator<StoredRecord> rest = page.records().iterator();
        String[] before = {""};
        JsonStream json = new JsonStream(none -> false);
        json.raw("{\"messages\":[");
        json.each(next -> {
            if (!rest.hasNext()) {
                return false;
            }
            next.raw(before[0]);
            before[0] = ",";
            message.write(next, rest.next());
            return true;
        });
        return json.raw("]").raw(fields);
    }

    /** Writes one message per line. */
    static JsonStream lines(Page page, Message message) {
        Iterator<StoredRecord> rest = page.records().iterator();
        return new JsonStream(json -> {
            if (!rest.hasNext()) {
                return false;
            }
            message.write(json, rest.next());
            json.raw("\n");
            return true;
        });
    }
}
