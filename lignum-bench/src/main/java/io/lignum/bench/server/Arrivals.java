package io.lignum.bench.server;

import java.io.IOException;

/** Verifies that each record arrives once and in order, and that none is missing. One thread. */
final class Arrivals {

    private static final long TIMEOUT_NANOS = 30_000_000_000L;

    private final long expected;
    private long records;
    private long seen;
    private long sawNanos = System.nanoTime();

    Arrivals(long expected) {
        this.expected = expected;
    }

    /**
     * Adds a record.
     *
     * @param number the lowest byte of its number
     * @param needsNoOlder whether its size is right
     */
    void took(byte number, boolean needsNoOlder) {
        if (number != (byte) records || !needsNoOlder) {
            throw new IllegalStateException("record " + records + " is not what came: number "
                    + number + (needsNoOlder ? "" : ", of another size"));
        }
        records++;
    }

    /** Whether all records have arrived; fails after a long time without any. */
    boolean complete() throws IOException {
        if (records != seen) {
            seen = records;
            sawNanos = System.nanoTime();
        } else if (System.nanoTime() - sawNanos > TIMEOUT_NANOS) {
            throw new IOException("only " + records + " records of " + expected + " came");
        }
        if (records > expected) {
            throw new IOException(records + " records came instead of " + expected);
        }
        return records == expected;
    }
}
