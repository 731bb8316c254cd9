package io.lignum.server.service;

import io.lignum.record.StoredRecord;

import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The result of a read.
 *
 * @param records in the order of their offsets
 * @param next the offset to continue at, the exclusive end of this page
 * @param logStart the log start offset
 * @param readableEnd the exclusive end of what could be read
 * @param epoch of the last record; empty without records
 * @param highWatermark exclusive end of the records that are on as many nodes as the topic demands;
 *     empty on a standalone node and for wal topics
 */
public record Page(
        List<StoredRecord> records,
        long next,
        long logStart,
        long readableEnd,
        OptionalInt epoch,
        OptionalLong highWatermark) {

    public Page {
        records = List.copyOf(records);
    }

    /** The bytes of keys and values. */
    long bytes() {
        long bytes = 0;
        for (StoredRecord record : records) {
            byte[] key = record.key();
            byte[] value = record.value();
            bytes += (key == null ? 0 : key.length) + (value == null ? 0 : value.length);
        }
        return bytes;
    }
}
