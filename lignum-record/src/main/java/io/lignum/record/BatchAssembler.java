package io.lignum.record;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/** Builds a whole batch from a list of records, for producers. */
final class BatchAssembler {
    /** The largest array that every JVM can allocate. */
    private static final int MAX_BUFFER_BYTES = Integer.MAX_VALUE - 8;

    private BatchAssembler() {}

    static ByteBuffer build(
            List<LogRecord> records,
            Compression compression,
            long nowMillis,
            @Nullable ProducerStamp producer) {
        if (records.isEmpty()) {
            throw new IllegalArgumentException("a batch has at least one record");
        }
        ByteBuffer batch = ByteBuffer.allocate(sizeOf(records));
        RecordBatchBuilder builder = new RecordBatchBuilder();
        builder.begin(batch, 0, 0);
        if (producer != null) {
            builder.producer(
                    producer.producerId(), producer.producerEpoch(), producer.baseSequence());
        }
        for (LogRecord record : records) {
            if (!builder.append(record.timestampOr(nowMillis), record)) {
                throw new IllegalStateException("a record is larger than its largest size");
            }
        }
        builder.finish();
        batch.flip();
        return RecordBatchBuilder.compress(batch, compression);
    }

    private static int sizeOf(List<LogRecord> records) {
        long bytes = BatchLayout.RECORDS;
        for (LogRecord record : records) {
            bytes += RecordEncoder.maxSize(record);
        }
        return boundedSize(bytes);
    }

    static int boundedSize(long bytes) {
        if (bytes > MAX_BUFFER_BYTES) {
            throw new RecordException.TooLarge(
                    RecordException.Subject.BATCH, "encoded size " + bytes, MAX_BUFFER_BYTES);
        }
        return (int) bytes;
    }

    static ByteBuffer compressed(ByteBuffer plain, Compression compression) {
        int recordBytes = plain.limit() - BatchLayout.RECORDS;
        int from = plain.arrayOffset() + BatchLayout.RECORDS;
        byte[] packed = CompressionCodecs.compress(compression, plain.array(), from, recordBytes);
        int size = boundedSize(BatchLayout.RECORDS + (long) packed.length);
        ByteBuffer batch = ByteBuffer.allocate(size);
        batch.put(0, plain, 0, BatchLayout.RECORDS);
        batch.put(BatchLayout.RECORDS, packed);
        batch.putInt(BatchLayout.LENGTH, size - BatchLayout.LENGTH_PREFIX);
        batch.putShort(BatchLayout.ATTRIBUTES, (short) compression.id());
        RecordBatchBuilder.stampCrc(batch, 0, size, new CRC32C());
        return batch;
    }
}
