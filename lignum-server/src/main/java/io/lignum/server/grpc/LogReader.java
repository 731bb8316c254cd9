package io.lignum.server.grpc;

import com.google.protobuf.UnsafeByteOperations;

import io.lignum.api.Fetched;
import io.lignum.api.ReadFormat;
import io.lignum.record.StoredRecord;
import io.lignum.server.service.BatchReader;
import io.lignum.server.service.LogService;
import io.lignum.server.service.MemoryLease;
import io.lignum.server.service.Page;
import io.lignum.server.service.ReadQuery;
import io.lignum.server.service.ServiceException;
import io.lignum.server.service.Session;
import io.lignum.server.service.TopicInfo;

/**
 * Reads one response of a topic, as messages or as raw batches. {@link Fetches} and
 * {@link SubscriptionStream} call it on a file thread, where it reads files.
 */
final class LogReader {

    /** A range to read. {@code to} is exclusive; Long.MAX_VALUE is the end. */
    record Range(String topic, long from, long to, int maxRecords, int maxBytes) {}

    private final LogService service;
    private final Session session;

    LogReader(LogService service, Session session) {
        this.service = service;
        this.session = session;
    }

    /** Reserves the memory before the answer is built. */
    Fetched read(Range range, ReadFormat format, MemoryLease memory) {
        return switch (format) {
            case MESSAGES -> messages(range, memory);
            case RAW_BATCHES -> batches(range, memory);
            case UNRECOGNIZED -> throw unknownFormat();
        };
    }

    static ServiceException unknownFormat() {
        return ServiceException.invalid("format", "format must be MESSAGES or RAW_BATCHES");
    }

    private Fetched messages(Range range, MemoryLease memory) {
        Page page = session.read(
                new ReadQuery(range.topic, range.from, range.to, range.maxRecords, range.maxBytes),
                memory);
        Fetched.Builder fetched = Fetched.newBuilder()
                .setNext(page.next())
                .setLogStart(page.logStart())
                .setLogEnd(page.readableEnd());
        page.epoch().ifPresent(fetched::setEpoch);
        page.highWatermark().ifPresent(fetched::setHighWatermark);
        service.leaderId().ifPresent(fetched::setLeader);
        for (StoredRecord record : page.records()) {
            fetched.addMessage(WireMessages.fromRecord(record));
        }
        return fetched.build();
    }

    private Fetched batches(Range range, MemoryLease memory) {
        try (BatchReader batches = session.batches(range.topic, range.from)) {
            return batches(range, batches, memory);
        }
    }

    /** Reads from a reader that is positioned at the start of the range. */
    Fetched batches(Range range, BatchReader batches, MemoryLease memory) {
        BatchReader.Chunk chunk = batches.next(
                new BatchReader.Bounds(range.to, range.maxRecords, range.maxBytes), memory);
        TopicInfo info = session.topics().describe(range.topic);
        Fetched.Builder fetched = Fetched.newBuilder()
                .setRawBatches(UnsafeByteOperations.unsafeWrap(chunk.bytes(), 0, chunk.length()))
                .setNext(chunk.next())
                .setLogStart(info.logStart())
                .setLogEnd(info.readableEnd());
        chunk.epoch().ifPresent(fetched::setEpoch);
        info.highWatermark().ifPresent(fetched::setHighWatermark);
        service.leaderId().ifPresent(fetched::setLeader);
        return fetched.build();
    }
}
