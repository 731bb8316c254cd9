package io.lignum.storage.env;

/** Tells the engine the time. Any thread. */
public interface EngineClock {

    /** Milliseconds since 1970-01-01 UTC; may jump. Stamps records and ages segments. */
    long wallMillis();

    /** Nanoseconds from an arbitrary start; never goes back. Measures durations. */
    long monotonicNanos();

    /**
     * Lets a little time pass so that more appends can gather: about {@code nanos}, or none in a
     * simulation. Called by tasks on the executor only.
     */
    default void pause(long nanos) {}
}
