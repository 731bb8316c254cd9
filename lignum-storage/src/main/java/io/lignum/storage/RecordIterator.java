package io.lignum.storage;

import io.lignum.record.RecordBatch;
import io.lignum.record.RecordCursor;
import io.lignum.record.StoredRecord;

import org.jspecify.annotations.Nullable;

import java.util.Iterator;
import java.util.NoSuchElementException;

/** Iterates over the records of a cursor, and closes it at the end. One thread at a time. */
final class RecordIterator implements Iterator<StoredRecord> {

    private final LogCursor cursor;
    private final long from;
    private @Nullable RecordCursor records;
    private @Nullable StoredRecord next;
    private boolean ended;

    RecordIterator(LogCursor cursor, long from) {
        this.cursor = cursor;
        this.from = from;
    }

    @Override
    public boolean hasNext() {
        while (next == null && !ended) {
            RecordCursor batch = records;
            if (batch == null || !batch.next()) {
                nextBatch();
            } else if (batch.offset() >= from) {
                next = batch.toRecord();
            }
        }
        return next != null;
    }

    private void nextBatch() {
        if (cursor.next()) {
            records = cursor.batch().records(RecordBatch.DEFAULT_MAX_UNCOMPRESSED_BYTES);
        } else {
            ended = true;
            cursor.close();
        }
    }

    @Override
    public StoredRecord next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException("the readable end is reached");
        }
        StoredRecord result = next;
        next = null;
        return result;
    }
}
