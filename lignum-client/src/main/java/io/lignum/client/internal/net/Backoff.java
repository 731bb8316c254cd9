package io.lignum.client.internal.net;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Growing pauses between attempts, from 10 ms to a limit. Each pause is random, between half and
 * all of the current value, so that clients do not retry in step. One thread at a time.
 *
 * <p>Pauses that double are for a node that is overloaded or down. With them an event may be
 * noticed late: the last pause is as long as all pauses before it. A cheap poll for an event whose
 * time is unknown, such as the end of an election, uses pauses that grow by a quarter: then the
 * delay is at most a third of the time waited before.
 */
public final class Backoff {

    private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long LAST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int DOUBLE_PERCENT = 200;
    private static final int QUARTER_MORE_PERCENT = 125;

    private final long lastNanos;
    private final int growthPercent;
    private long next = FIRST_NANOS;

    /** Pauses that double, up to 1 s. */
    public Backoff() {
        this(LAST_NANOS, DOUBLE_PERCENT);
    }

    private Backoff(long lastNanos, int growthPercent) {
        this.lastNanos = lastNanos;
        this.growthPercent = growthPercent;
    }

    /** Pauses that grow by a quarter, up to the given time. */
    public static Backoff ofSearch(long lastNanos) {
        return new Backoff(lastNanos, QUARTER_MORE_PERCENT);
    }

    /** The next pause. */
    public long nextNanos() {
        long most = next;
        next = Math.min(lastNanos, most * growthPercent / 100);
        return ThreadLocalRandom.current().nextLong(most / 2, most + 1);
    }

    /** An attempt has succeeded: the next pause is the shortest. */
    public void reset() {
        next = FIRST_NANOS;
    }
}
