package io.lignum.bench.failover;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares what was sent with what was received: each acknowledged record once, in order, at its
 * acknowledged offset. Records are numbered from 0 and sent one after the other, so the outcome of
 * earlier records is known when a record is sent. Any thread.
 */
final class Ledger {

    private static final int MAX_PROBLEMS = 20;
    private static final long NONE = -1;

    /** Offsets known from one side only so far. */
    private final Map<Long, Long> oneSided = new HashMap<>();

    private final Set<Long> failed = new HashSet<>();
    private final List<String> problems = new ArrayList<>();
    private long lastAcknowledged = NONE;
    private long lastReceived = NONE;
    private long acknowledged;

    synchronized void acknowledged(long number, long offset) {
        lastAcknowledged = number;
        acknowledged++;
        compare(number, offset);
        notifyAll();
    }

    /** The record may be in the log nevertheless, at most once. */
    synchronized void failed(long number) {
        failed.add(number);
    }

    synchronized void received(long number, long offset) {
        if (number <= lastReceived) {
            problem("record " + number + " came again, at offset " + offset + ", after record "
                    + lastReceived);
            return;
        }
        for (long missing = lastReceived + 1; missing < number; missing++) {
            if (!failed.contains(missing)) {
                problem("record " + missing + " was acknowledged and did not come");
            }
        }
        lastReceived = number;
        if (!failed.contains(number)) {
            compare(number, offset);
        }
        notifyAll();
    }

    private void compare(long number, long offset) {
        Long other = oneSided.remove(number);
        if (other == null) {
            oneSided.put(number, offset);
        } else if (other != offset) {
            problem("record " + number + " is at offset " + offset + " and at " + other);
        }
    }

    synchronized void problem(String what) {
        if (problems.size() < MAX_PROBLEMS) {
            problems.add(what);
        }
        notifyAll();
    }

    synchronized List<String> problems() {
        return List.copyOf(problems);
    }

    /** Number of acknowledged records. */
    synchronized long acknowledged() {
        return acknowledged;
    }

    /** Waits until this many more records are acknowledged. */
    synchronized void awaitMore(long records, long nanos) throws InterruptedException {
        long wanted = acknowledged + records;
        await(() -> acknowledged >= wanted, nanos, "no more records were acknowledged");
    }

    /** Waits until all records acknowledged so far are received. */
    synchronized void awaitReceived(long nanos) throws InterruptedException {
        long wanted = lastAcknowledged;
        await(() -> lastReceived >= wanted, nanos, "record " + wanted + " did not come in time");
    }

    private interface Condition {
        boolean holds();
    }

    /** The caller holds the monitor. */
    private void await(Condition condition, long nanos, String otherwise)
            throws InterruptedException {
        long start = System.nanoTime();
        while (!condition.holds()) {
            long left = nanos - (System.nanoTime() - start);
            if (left <= 0 || !problems.isEmpty()) {
                problem(otherwise);
                return;
            }
            wait(Math.max(1, left / 1_000_000));
        }
    }
}
