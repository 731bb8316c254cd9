package io.lignum.client;

import com.google.protobuf.ByteString;

import io.lignum.api.AppendRequest;
import io.lignum.api.Appended;
import io.lignum.api.ErrorDetail.Outcome;
import io.lignum.api.Fetched;
import io.lignum.api.ProduceRequest;
import io.lignum.api.ProduceResponse;
import io.lignum.record.BatchValidator;
import io.lignum.record.RecordBatch;
import io.lignum.record.RecordCursor;
import io.lignum.record.StoredRecord;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Batches in memory, with what a node knows of its producers: epoch and last batches. */
public final class FakeLog {

    /** As many batches as a node remembers of each producer. */
    static final int REMEMBERED = 16;

    private record Seen(int sequence, int count, long offset) {}

    private static final class Producer {
        int epoch;
        final ArrayDeque<Seen> seen = new ArrayDeque<>();
    }

    private final List<byte[]> batches = new ArrayList<>();
    private final Map<Long, Producer> producers = new HashMap<>();
    private long end;

    public synchronized long end() {
        return end;
    }

    public synchronized void forgetProducers() {
        producers.clear();
    }

    /** A log with the batches that end at or before this offset, as another node may have it. */
    public synchronized FakeLog prefix(long to) {
        FakeLog copy = new FakeLog();
        for (byte[] bytes : batches) {
            if (RecordBatch.at(ByteBuffer.wrap(bytes), 0).nextOffset() <= to) {
                copy.append(ProduceRequest.newBuilder()
                        .setAppend(AppendRequest.newBuilder()
                                .setBatch(io.lignum.api.Batch.newBuilder()
                                        .setRaw(ByteString.copyFrom(bytes))))
                        .build());
            }
        }
        return copy;
    }

    public synchronized ProduceResponse append(ProduceRequest request) {
        byte[] bytes = request.getAppend().getBatch().getRaw().toByteArray();
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        BatchValidator.validate(buffer, 0, bytes.length, 64 << 20, 64 << 20);
        RecordBatch batch = RecordBatch.at(buffer, 0);
        if (batch.hasProducer()) {
            Producer producer = producers.get(batch.producerId());
            if (producer == null && batch.baseSequence() != 0) {
                return FakeNode.refusal(request, "UNKNOWN_PRODUCER", Outcome.NOT_APPLIED);
            }
            if (producer == null || batch.producerEpoch() > producer.epoch) {
                if (batch.baseSequence() != 0) {
                    return FakeNode.refusal(request, "OUT_OF_ORDER_SEQUENCE", Outcome.NOT_APPLIED);
                }
                producer = new Producer();
                producer.epoch = batch.producerEpoch();
                producers.put(batch.producerId(), producer);
            } else if (batch.producerEpoch() < producer.epoch) {
                return FakeNode.refusal(request, "PRODUCER_FENCED", Outcome.NOT_APPLIED);
            }
            for (Seen seen : producer.seen) {
                if (seen.sequence == batch.baseSequence() && seen.count == batch.recordCount()) {
                    return appended(request, seen.offset, seen.count, true);
                }
            }
            Seen last = producer.seen.peekLast();
            int expected = last == null ? 0 : (last.sequence + last.count) & Integer.MAX_VALUE;
            if (batch.baseSequence() != expected) {
                return FakeNode.refusal(request, "OUT_OF_ORDER_SEQUENCE", Outcome.NOT_APPLIED);
            }
            producer.seen.add(new Seen(expected, batch.recordCount(), end));
            if (producer.seen.size() > REMEMBERED) {
                producer.seen.removeFirst();
            }
        }
        batch.stamp(end, 0);
        batches.add(bytes);
        long first = end;
        end += batch.recordCount();
        return appended(request, first, batch.recordCount(), false);
    }

    private static ProduceResponse appended(
            ProduceRequest request, long first, int count, boolean duplicate) {
        return ProduceResponse.newBuilder()
                .setCorrelationId(request.getCorrelationId())
                .setAppended(Appended.newBuilder()
                        .setFirstOffset(first)
                        .setCount(count)
                        .setDuplicate(duplicate))
                .build();
    }

    /** One answer for each batch from the one that holds {@code from}. */
    public synchronized List<Fetched> read(long from, long to) {
        List<Fetched> answers = new ArrayList<>();
        for (byte[] bytes : batches) {
            RecordBatch batch = RecordBatch.at(ByteBuffer.wrap(bytes), 0);
            if (batch.nextOffset() > from && batch.baseOffset() < to) {
                answers.add(Fetched.newBuilder()
                        .setRawBatches(ByteString.copyFrom(bytes))
                        .setNext(batch.nextOffset())
                        .setLogEnd(end)
                        .build());
            }
        }
        return answers;
    }

    /** Every value, in order. */
    public synchronized List<String> texts() {
        List<String> texts = new ArrayList<>();
        for (byte[] bytes : batches) {
            RecordCursor cursor = RecordBatch.at(ByteBuffer.wrap(bytes), 0).records();
            while (cursor.next()) {
                StoredRecord record = cursor.toRecord();
                texts.add(record.text());
            }
        }
        return texts;
    }
}
