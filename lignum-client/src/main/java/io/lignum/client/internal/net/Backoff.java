package io.lignum.client.internal.net;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * How long to wait before the next try: growing from 10 ms to a bound, each time between half of
 * that and all of it, so that many clients do not come back in step. One thread at a time.
 *
 * <p>Pauses that double spare a node that is in trouble. But what has just become possible is
 * noticed up to as long after it as all the pauses before it have lasted, so who waits for
 * something that takes a time which is not known, and asks cheaply, lets them grow by a quarter:
 * then that is a third at most.
 */
public final class Backoff {

    private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long LAST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int DOUBLE_PERCENT = 200;
    private static final int QUARTER_MORE_PERCENT = 125;

    private final long lastNanos;
    private final int growthPercent;
    private long next = FIRST_NANOS;

    /** Doubling, to 1 s. */
    public Backoff() {
        this(LAST_NANOS, DOUBLE_PERCENT);
    }

    private Backoff(long lastNanos, int growthPercent) {
        this.lastNanos = lastNanos;
        this.growthPercent = growthPercent;
    }

    /** Growing by a quarter, to as much as is given. */
    public static Backoff ofSearch(long lastNanos) {
        return new Backoff(lastNanos, QUARTER_MORE_PERCENT);
    }

    public long nextNanos() {
        long most = next;
        next = Math.min(lastNanos, most * growthPercent / 100);
        return ThreadLocalRandom.current().nextLong(most / 2, most + 1);
    }

    /** Something went well. */
    public void reset() {
        next = FIRST_NANOS;
    }
}
