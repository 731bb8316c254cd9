package io.lignum.server.http;

import io.lignum.record.LogRecord;
import io.lignum.record.RecordHeader;
import io.lignum.server.service.ServiceException;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * One message as a client sent it.
 *
 * @param topic null when the message does not say
 * @param text the message as text, for the answer; null when it came as base64 or not at all
 */
record IncomingMessage(
        @Nullable String topic,
        @Nullable String text,
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<RecordHeader> headers,
        @Nullable Long timestamp) {

    String requiredTopic() {
        if (topic == null || topic.isEmpty()) {
            throw ServiceException.invalid("topic", "no topic is named");
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
