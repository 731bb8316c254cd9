package io.lignum.server.http;

import com.fasterxml.jackson.core.JsonGenerator;

import io.lignum.record.StoredRecord;
import io.lignum.server.service.Page;

import java.io.IOException;
import java.util.Iterator;

/** A page of messages as JSON, made while it is sent. */
final class PageJson {

    private PageJson() {}

    /** One message. */
    interface Message {
        void write(JsonStream json, StoredRecord record);
    }

    /** The fields after the messages, inside an object that is begun and ended here. */
    interface Tail {
        void write(JsonGenerator out) throws IOException;
    }

    /** {@code {"messages":[...], ...}}. */
    static JsonStream object(Page page, Message message, Tail tail) {
        byte[] fields = Json.bytes(out -> {
            out.writeStartObject();
            tail.write(out);
            out.writeEndObject();
        });
        // Without its opening brace it goes on from the array.
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

    /** One message a line. */
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
