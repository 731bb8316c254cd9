package io.lignum.storage.internal.segment;

import java.time.Duration;
import java.util.Optional;

/**
 * Checks arguments and invariants. A wrong argument is a bug of the caller; the exception names the
 * field, the value and the limit.
 */
public final class Checks {

    private Checks() {}

    public static void range(String field, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    field + " is " + value + ", allowed is " + min + ".." + max);
        }
    }

    /** As {@link #range}, for an offset. */
    public static long offset(String field, long value) {
        range(field, value, 0, Long.MAX_VALUE);
        return value;
    }

    /** Checks an invariant of the engine; always on. */
    public static void invariant(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException("invariant broken: " + what);
        }
    }

    /** Checks that a duration is at least 1 ms and fits a long in milliseconds. */
    public static void millis(String name, Optional<Duration> value) {
        value.ifPresent(duration -> millis(name, duration));
    }

    public static void millis(String name, Duration value) {
        long most = Long.MAX_VALUE / 1000;
        long millis = value.toSeconds() > most ? Long.MAX_VALUE : value.toMillis();
        range(name, millis, 1, most * 1000);
    }
}
