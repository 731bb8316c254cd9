package io.lignum.storage;

import io.lignum.record.LogRecord;

import java.util.Collections;
import java.util.List;

/** Records for tests that do not care what is in them. */
final class LogRecordLists {

    private LogRecordLists() {}

    static List<LogRecord> same(int count) {
        return Collections.nCopies(count, LogRecord.of("again"));
    }
}
