package io.lignum.storage.internal.segment;

import java.time.Duration;
import java.util.Optional;

/** Checks of arguments: a violation is a bug of the caller, named with the field and the limit. */
public final class Checks {

    private Checks() {}

    public static void range(String field, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    field + " is " + value + ", allowed is " + min + ".." + max);
        }
    }

    /** As {@link #range}, of an offset. */
    public static long offset(String field, long value) {
        range(field, value, 0, Long.MAX_VALUE);
        return value;
    }

    /** An invariant of our own; always on. */
    public static void invariant(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException("invariant broken: " + what);
        }
    }

    /** A duration that is given is at least 1 ms, and its milliseconds are a long. */
    public static void millis(String name, Optional<Duration> value) {
        value.ifPresent(duration -> millis(name, duration));
    }

    public static void millis(String name, Duration value) {
        long most = Long.MAX_VALUE / 1000;
        long millis = value.toSeconds() > most ? Long.MAX_VALUE : value.toMillis();
        range(name, millis, 1, most * 1000);
    }
}
