package io.lignum.client;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * How long to wait before the next try: doubling from 10 ms to 1 s, each time between half of that
 * and all of it, so that many clients do not come back in step. One thread at a time.
 */
final class Backoff {

    private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long LAST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long lastNanos;
    private long next = FIRST_NANOS;

    Backoff() {
        this(LAST_NANOS);
    }

    /** With another bound than 1 s. */
    Backoff(long lastNanos) {
        this.lastNanos = lastNanos;
    }

    long nextNanos() {
        long most = next;
        next = Math.min(lastNanos, most * 2);
        return ThreadLocalRandom.current().nextLong(most / 2, most + 1);
    }

    /** Something went well. */
    void reset() {
        next = FIRST_NANOS;
    }
}
