package io.lignum.server.service;

import io.lignum.record.StoredRecord;

import java.util.List;

/**
 * What a read gave.
 *
 * @param records in the order of their offsets
 * @param next where to go on, exclusive end of this page
 * @param logStart the first offset that still exists
 * @param readableEnd the end at the time of the read, exclusive
 */
public record Page(List<StoredRecord> records, long next, long logStart, long readableEnd) {

    public Page {
        records = List.copyOf(records);
    }
}
