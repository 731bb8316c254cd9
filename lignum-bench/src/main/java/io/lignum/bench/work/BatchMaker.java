package io.lignum.bench.work;

import io.lignum.record.LogRecord;
import io.lignum.record.RecordBatchBuilder;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Makes batches of about 64 KiB, each record's first byte being its number in the log. */
final class BatchMaker {

    static final int BATCH_BYTES = 64 << 10;

    private final byte[] value;
    private final RecordBatchBuilder builder = new RecordBatchBuilder();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BATCH_BYTES);
    private long records;

    BatchMaker(int size) {
        value = Payload.of(size);
    }

    /** Records made so far. */
    long records() {
        return records;
    }

    /** The next batch, built; valid until the next call. At least one record. */
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

    /** The same as a list, each record with an array of its own. */
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
