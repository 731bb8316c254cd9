package io.lignum.storage.env;

/** Time as the engine sees it. Any thread. */
public interface EngineClock {

    /** Milliseconds since 1970-01-01 UTC; may jump. Stamps records and ages segments. */
    long wallMillis();

    /** Nanoseconds from an arbitrary start; never goes back. Measures durations. */
    long monotonicNanos();
}
