package io.lignum.server.readme;

import io.lignum.record.LogRecord;
import io.lignum.record.StoredRecord;
import io.lignum.storage.LogStore;
import io.lignum.storage.TopicLog;

import java.io.PrintStream;
import java.nio.file.Path;

/** The README's first example: the lines between the markers. */
final class EmbeddedEngine {

    private EmbeddedEngine() {}

    static void run(Path directory, PrintStream out) {
        // README begin
        try (LogStore store = LogStore.open(directory)) {
            TopicLog orders = store.openOrCreate("orders");
            long offset = orders.append(LogRecord.of("one coffee")); // it is on the disk now
            orders.appendAsync(LogRecord.of("one tea")).join(); // the same, as a future
            for (StoredRecord record : orders.read(offset)) {
                out.println(record.offset() + " " + record.text());
            }
        }
        // README end
    }
}
