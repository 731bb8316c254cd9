package io.lignum.bench.work;

import io.lignum.record.LogRecord;
import io.lignum.record.RecordBatchBuilder;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Builds batches of about 64 KiB. The first byte of each record is its number in the log. */
final class BatchMaker {

    static final int BATCH_BYTES = 64 << 10;

    private final byte[] value;
    private final RecordBatchBuilder builder = new RecordBatchBuilder();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BATCH_BYTES);
    private long records;

    BatchMaker(int size) {
        value = Payload.of(size);
    }

    /** Number of records so far. */
    long records() {
        return records;
    }

    /** Builds the next batch, with at least one record; valid until the next call. */
    ByteBuffer next(long end) {
        long now = System.currentTimeMillis();
        buffer.clear();
        builder.begin(buffer, 0, 0);
        value[0] = (byte) records;
        while (records < end && builder.append(now, null, value, List.of())) {
            records++;
            value[0] = (byte) records;
        }
        builder.finish();
        return buffer.flip();
    }

    /** Builds the next batch as a list; each record has its own array. */
    List<LogRecord> nextList(long end) {
        int size = BATCH_BYTES / (value.length + 8);
        List<LogRecord> list = new ArrayList<>(size);
        while (records < end && list.size() < size) {
            byte[] own = value.clone();
            own[0] = (byte) records++;
            list.add(LogRecord.of(own));
        }
        return list;
    }
}
