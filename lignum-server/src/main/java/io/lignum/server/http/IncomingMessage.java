package io.lignum.server.http;

import io.lignum.record.LogRecord;
import io.lignum.record.RecordHeader;
import io.lignum.server.service.ServiceException;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * A message from a client.
 *
 * @param topic null if the message names none
 * @param text the value as text, for the response; null if it came as base64 or is absent
 */
record IncomingMessage(
        @Nullable String topic,
        @Nullable String text,
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<RecordHeader> headers,
        @Nullable Long timestamp) {

    /** Name of a message's field in a batch: {@code [3].key}; of the message itself: [3]. */
    static String field(int index, String field) {
        return "[" + index + "]" + (field.equals("body") ? "" : "." + field);
    }

    String requiredTopic() {
        if (topic == null || topic.isEmpty()) {
            throw ServiceException.invalid("topic", "no topic is given");
        }
        return topic;
    }

    LogRecord toRecord() {
        LogRecord record = LogRecord.of(key, value);
        if (!headers.isEmpty()) {
            record = record.withHeaders(headers);
        }
        return timestamp == null ? record : record.withTimestamp(timestamp);
    }
}
