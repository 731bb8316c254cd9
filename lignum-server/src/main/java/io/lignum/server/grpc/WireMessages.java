package io.lignum.server.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;

import io.lignum.api.Header;
import io.lignum.api.Message;
import io.lignum.record.LogRecord;
import io.lignum.record.RecordHeader;
import io.lignum.record.StoredRecord;
import io.lignum.server.service.ServiceException;

import java.util.ArrayList;
import java.util.List;

/** Converts messages between protobuf and records of the log. Stateless; any thread. */
final class WireMessages {

    private WireMessages() {}

    static LogRecord toRecord(Message message) {
        if (message.getNoData() && !message.getData().isEmpty()) {
            throw ServiceException.invalid("no_data", "no_data is true but there is data");
        }
        byte[] value = message.getNoData() ? null : message.getData().toByteArray();
        LogRecord record =
                LogRecord.of(message.hasKey() ? message.getKey().toByteArray() : null, value);
        if (message.getHeadersCount() > 0) {
            record = record.withHeaders(headers(message.getHeadersList()));
        }
        if (message.hasTimestamp()) {
            if (message.getTimestamp() < 0) {
                throw ServiceException.invalid(
                        "timestamp",
                        "timestamp is " + message.getTimestamp() + ", must not be negative");
            }
            record = record.withTimestamp(message.getTimestamp());
        }
        return record;
    }

    static List<LogRecord> toRecords(List<Message> messages) {
        List<LogRecord> records = new ArrayList<>(messages.size());
        for (Message message : messages) {
            records.add(toRecord(message));
        }
        return records;
    }

    private static List<RecordHeader> headers(List<Header> wire) {
        List<RecordHeader> headers = new ArrayList<>(wire.size());
        for (Header header : wire) {
            headers.add(new RecordHeader(
                    header.getKey(), header.hasValue() ? header.getValue().toByteArray() : null));
        }
        return headers;
    }

    /** Leaves the topic empty, since the enclosing response contains it. */
    static Message fromRecord(StoredRecord record) {
        Message.Builder message =
                Message.newBuilder().setOffset(record.offset()).setTimestamp(record.timestamp());
        byte[] value = record.value();
        if (value == null) {
            message.setNoData(true);
        } else {
            message.setData(wrap(value));
        }
        byte[] key = record.key();
        if (key != null) {
            message.setKey(wrap(key));
        }
        for (RecordHeader header : record.headers()) {
            Header.Builder wire = Header.newBuilder().setKey(header.key());
            byte[] headerValue = header.value();
            message.addHeaders(headerValue == null ? wire : wire.setValue(wrap(headerValue)));
        }
        return message.build();
    }

    /** Does not copy: a record that was read owns its arrays, and they are never written to. */
    private static ByteString wrap(byte[] bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes);
    }
}
