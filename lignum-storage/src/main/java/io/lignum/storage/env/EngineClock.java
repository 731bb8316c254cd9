package io.lignum.storage.env;

/** Time as the engine sees it. Any thread. */
public interface EngineClock {

    /** Milliseconds since 1970-01-01 UTC; may jump. Stamps records and ages segments. */
    long wallMillis();

    /** Nanoseconds from an arbitrary start; never goes back. Measures durations. */
    long monotonicNanos();

    /**
     * Lets a little time pass so that more appends can gather; about {@code nanos}, or none at all
     * as in a simulation. Called by tasks on the executor only.
     */
    default void pause(long nanos) {}
}
