package io.lignum.storage;

import io.lignum.record.LogRecord;
import io.lignum.record.ProducerStamp;
import io.lignum.record.RecordBatch;
import io.lignum.record.RecordBatchBuilder;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * Holds records that become one batch, and an upper bound of the batch's size.
 *
 * @param records at least one
 * @param producer the producer and its sequence; null for none
 * @param bound upper bound of the batch's bytes
 */
record Records(List<LogRecord> records, @Nullable ProducerStamp producer, int bound) {

    static Records measure(
            List<LogRecord> records, @Nullable ProducerStamp producer, StoreConfig limits) {
        if (records.isEmpty()) {
            throw new IllegalArgumentException("records is empty");
        }
        long bound = RecordBatch.HEADER_BYTES;
        for (LogRecord record : records) {
            bound += measure(record, limits);
        }
        if (bound > limits.maxBatchBytes()) {
            throw new StorageException.RecordTooLarge("the batch", bound, limits.maxBatchBytes());
        }
        return new Records(List.copyOf(records), producer, (int) bound);
    }

    /**
     * Upper bound of the bytes of one record in a batch.
     *
     * @throws StorageException.RecordTooLarge the record is over its limit
     */
    static int measure(LogRecord record, StoreConfig limits) {
        long bytes = record.payloadBytes();
        if (bytes > limits.maxRecordBytes()) {
            throw new StorageException.RecordTooLarge("the record", bytes, limits.maxRecordBytes());
        }
        return RecordBatchBuilder.sizeInBytes(record);
    }

    int count() {
        return records.size();
    }
}
