package io.lignum.storage.stress;

import io.lignum.record.RecordCursor;
import io.lignum.storage.LogCursor;
import io.lignum.storage.TopicLog;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Which records were acknowledged, and where. Every record's text names its topic's id and a number
 * that no other record has, so a reader can tell a record of another topic, and the ledger a record
 * that is missing or was moved. Any thread.
 */
final class Ledger {

    private final AtomicLong numbers = new AtomicLong();
    private final Map<UUID, Map<Long, Long>> numberAtOffset = new ConcurrentHashMap<>();

    /** The first of so many numbers. */
    long numbers(int count) {
        return numbers.getAndAdd(count);
    }

    long acknowledgedRecords() {
        return numberAtOffset.values().stream().mapToLong(Map::size).sum();
    }

    static String text(TopicLog log, long number) {
        return log.id() + "/" + number + "/" + "-".repeat((int) (number % 1_000));
    }

    void acknowledged(TopicLog log, long offset, long number) {
        Long other = numberAtOffset
                .computeIfAbsent(log.id(), id -> new ConcurrentHashMap<>())
                .put(offset, number);
        if (other != null) {
            throw new AssertionError("offset " + offset + " of topic " + log.name()
                    + " was acknowledged for " + other + " and for " + number);
        }
    }

    void deleted(TopicLog log) {
        numberAtOffset.remove(log.id());
    }

    /**
     * The records of the batch that a cursor went to are of this topic, and those that were
     * acknowledged there.
     */
    void check(TopicLog log, LogCursor cursor) {
        String prefix = log.id() + "/";
        Map<Long, Long> known = numberAtOffset.getOrDefault(log.id(), Map.of());
        RecordCursor records = cursor.batch().records();
        while (records.next()) {
            String text = records.toRecord().text();
            if (!text.startsWith(prefix)) {
                throw new AssertionError("topic " + log.name() + " with id " + log.id()
                        + " has at offset " + records.offset() + " the record " + text);
            }
            Long expected = known.get(records.offset());
            if (expected != null && !text.startsWith(prefix + expected + "/")) {
                throw new AssertionError("offset " + records.offset() + " of topic " + log.name()
                        + " was acknowledged for " + expected + ", and is "
                        + text.substring(0, Math.min(60, text.length())));
            }
        }
    }

    /** All that was acknowledged and not trimmed is there. */
    void checkAll(TopicLog log) {
        Map<Long, Long> known = numberAtOffset.getOrDefault(log.id(), Map.of());
        long end = log.readableEndOffset();
        long start = log.logStartOffset();
        for (long offset : known.keySet()) {
            if (offset >= end) {
                throw new AssertionError("offset " + offset + " of topic " + log.name()
                        + " was acknowledged, and the log ends at " + end);
            }
        }
        long next = start;
        try (LogCursor cursor = log.cursor(start)) {
            while (cursor.next()) {
                check(log, cursor);
                next = cursor.nextOffset();
            }
        }
        if (next != end) {
            throw new AssertionError(
                    "topic " + log.name() + " is read up to " + next + " and ends at " + end);
        }
        known.keySet().removeIf(offset -> offset < start);
    }
}
