package io.lignum.server.service;

import io.lignum.record.StoredRecord;

import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a read gave.
 *
 * @param records in the order of their offsets
 * @param next where to go on, exclusive end of this page
 * @param logStart the first offset that still exists
 * @param readableEnd the end at the time of the read, exclusive
 * @param epoch of the last record; empty if there is none
 * @param highWatermark all below is on as many nodes as the topic demands; empty where none is
 *     counted
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
}
