package io.lignum.examples;

import io.lignum.record.LogRecord;
import io.lignum.record.StoredRecord;
import io.lignum.storage.LogStore;
import io.lignum.storage.TopicLog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Uses a durable log inside a program, without a server. Argument: a directory; default a temporary
 * one.
 */
public final class EmbedEngine {

    private EmbedEngine() {}

    /** Appends a few orders, closes, opens again, and reads them all. */
    public static void main(String[] arguments) throws IOException {
        Path directory = arguments.length > 0
                ? Path.of(arguments[0])
                : Files.createTempDirectory("lignum-example");
        try (LogStore store = LogStore.open(directory)) {
            TopicLog orders = store.openOrCreate("orders");
            for (String order : new String[] {"one coffee", "one tea", "the bill"}) {
                long offset = orders.append(LogRecord.of(order)); // durable when it returns
                System.out.println("appended at offset " + offset);
            }
        }
        try (LogStore store = LogStore.open(directory)) {
            for (StoredRecord record : store.openOrCreate("orders").read(0)) {
                System.out.println(record.offset() + " " + record.text());
            }
        }
    }
}
