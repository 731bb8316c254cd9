package io.lignum.server.grpc;

import com.google.protobuf.ByteString;

import io.lignum.api.AppendRequest;
import io.lignum.api.Batch;
import io.lignum.api.Message;
import io.lignum.api.MessageList;
import io.lignum.api.ProduceRequest;
import io.lignum.record.Compression;
import io.lignum.record.LogRecord;
import io.lignum.record.RecordBatch;
import io.lignum.record.RecordBatchBuilder;
import io.lignum.record.RecordCursor;
import io.lignum.record.StoredRecord;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/** Batches as clients make and read them. */
final class Batches {

    private Batches() {}

    static AppendRequest messages(String topic, String... texts) {
        MessageList.Builder list = MessageList.newBuilder();
        for (String text : texts) {
            list.addMessage(Message.newBuilder().setData(ByteString.copyFromUtf8(text)));
        }
        return AppendRequest.newBuilder()
                .setTopic(topic)
                .setBatch(Batch.newBuilder().setMessages(list))
                .build();
    }

    static AppendRequest raw(String topic, Compression compression, String... texts) {
        List<LogRecord> records = Arrays.stream(texts).map(LogRecord::of).toList();
        return raw(topic, RecordBatchBuilder.build(records, compression, 1));
    }

    static AppendRequest raw(String topic, ByteBuffer batch) {
        return AppendRequest.newBuilder()
                .setTopic(topic)
                .setBatch(Batch.newBuilder().setRaw(ByteString.copyFrom(batch)))
                .build();
    }

    static ProduceRequest numbered(long id, AppendRequest append) {
        return ProduceRequest.newBuilder()
                .setCorrelationId(id)
                .setAppend(append)
                .build();
    }

    static List<String> texts(List<Message> messages) {
        return messages.stream()
                .map(message -> message.getData().toStringUtf8())
                .toList();
    }

    /** The texts at or above an offset in batches laid end to end. */
    static List<String> texts(ByteString batches, long from) {
        List<String> texts = new ArrayList<>();
        forEach(batches, record -> {
            if (record.offset() >= from) {
                texts.add(record.text());
            }
        });
        return texts;
    }

    static List<byte[]> values(ByteString batches) {
        List<byte[]> values = new ArrayList<>();
        forEach(batches, record -> values.add(Objects.requireNonNull(record.value())));
        return values;
    }

    private static void forEach(ByteString batches, Consumer<StoredRecord> action) {
        ByteBuffer bytes = batches.asReadOnlyByteBuffer();
        int position = bytes.position();
        while (position < bytes.limit()) {
            RecordBatch batch = RecordBatch.at(bytes, position);
            RecordCursor records = batch.records();
            while (records.next()) {
                action.accept(records.toRecord());
            }
            position += batch.sizeInBytes();
        }
    }
}
