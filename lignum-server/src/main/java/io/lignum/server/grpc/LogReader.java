package io.lignum.server.grpc;

import com.google.protobuf.ByteString;

import io.lignum.api.Fetched;
import io.lignum.api.ReadFormat;
import io.lignum.record.RecordBatch;
import io.lignum.record.StoredRecord;
import io.lignum.server.service.LogService;
import io.lignum.server.service.Page;
import io.lignum.server.service.ReadQuery;
import io.lignum.server.service.ServiceException;

import java.nio.ByteBuffer;

/** One answer's worth of a topic, as messages or as raw batches. Reads files on the calling thread. */
final class LogReader {

    /** `to` is exclusive; Long.MAX_VALUE is the end. */
    record Range(String topic, long from, long to, int maxRecords, int maxBytes) {}

    private final LogService service;

    LogReader(LogService service) {
        this.service = service;
    }

    Fetched read(Range range, ReadFormat format) {
        return switch (format) {
            case MESSAGES -> messages(range);
            case RAW_BATCHES -> batches(range);
            case UNRECOGNIZED -> throw unknownFormat();
        };
    }

    static ServiceException unknownFormat() {
        return ServiceException.invalid("format", "format must be MESSAGES or RAW_BATCHES");
    }

    private Fetched messages(Range range) {
        Page page = service.read(
                new ReadQuery(range.topic, range.from, range.to, range.maxRecords, range.maxBytes));
        Fetched.Builder fetched = Fetched.newBuilder()
                .setNext(page.next())
                .setLogStart(page.logStart())
                .setLogEnd(page.readableEnd());
        for (StoredRecord record : page.records()) {
            fetched.addMessage(WireMessages.fromRecord(record));
        }
        return fetched.build();
    }

    private Fetched batches(Range range) {
        BatchCollector collector = new BatchCollector(range);
        service.readBatches(range.topic, range.from, range.maxBytes, collector::add);
        var info = service.describeTopic(range.topic);
        return Fetched.newBuilder()
                .setRawBatches(collector.bytes.toByteString())
                .setNext(collector.next)
                .setLogStart(info.logStart())
                .setLogEnd(info.readableEnd())
                .build();
    }

    /** Copies batches out of the reader's buffer, which it uses again, until the range is full. */
    private static final class BatchCollector {

        private final Range range;
        private final RecordBatch view = new RecordBatch();
        private final ByteString.Output bytes = ByteString.newOutput(64 * 1024);
        private long next;
        private long records;

        BatchCollector(Range range) {
            this.range = range;
            this.next = range.from;
        }

        void add(ByteBuffer batch) {
            view.wrap(batch, batch.position());
            if (view.baseOffset() >= range.to || records >= range.maxRecords) {
                return;
            }
            byte[] copy = new byte[batch.remaining()];
            batch.get(batch.position(), copy);
            bytes.write(copy, 0, copy.length);
            records += view.recordCount();
            next = Math.min(range.to, view.nextOffset());
        }
    }
}
