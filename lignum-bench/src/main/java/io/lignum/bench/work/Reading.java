package io.lignum.bench.work;

/** Verifies that a reader saw every record, and prevents the loop from being optimized away. */
final class Reading {

    private final long expectedRecords;
    private final long expectedBytes;
    private final boolean copies;
    private final byte[] copy;
    private long records;
    private long bytes;
    private long sum;

    Reading(WorkSettings settings) {
        expectedRecords = settings.number("records");
        expectedBytes = expectedRecords * settings.number("size");
        copies = settings.text("use").equals("copy");
        copy = new byte[settings.integer("size")];
    }

    /** Whether each value is copied into {@link #copy}; otherwise one byte is read. */
    boolean copies() {
        return copies;
    }

    /** The target of copies. */
    byte[] copy() {
        return copy;
    }

    /** Adds a record: a byte of its value, and its length. */
    void saw(byte first, int length) {
        records++;
        bytes += length;
        sum += first;
    }

    Sample sample(Meter meter) {
        // The first byte of record i is (byte) i, which adds up to -128 for every 256 of them.
        long expectedSum = -128 * (expectedRecords / 256);
        for (long i = 0; i < expectedRecords % 256; i++) {
            expectedSum += (byte) i;
        }
        if (records != expectedRecords || bytes != expectedBytes || sum != expectedSum) {
            throw new IllegalStateException("read " + records + " records of " + bytes
                    + " bytes, sum " + sum + ", instead of " + expectedRecords + " of "
                    + expectedBytes + ", sum " + expectedSum);
        }
        return meter.rate(records);
    }
}
