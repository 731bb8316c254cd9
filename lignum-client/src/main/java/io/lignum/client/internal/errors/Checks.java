package io.lignum.client.internal.errors;

import io.lignum.record.Utf8;

import java.time.Duration;

/** Checks of what the user gives; a bug of his is an IllegalArgumentException. */
public final class Checks {

    /** Longer times are as good as none, and nanoseconds hold no more than 292 years. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private Checks() {}

    public static Duration positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " must be positive, is " + value);
        }
        return atMostLongest(value);
    }

    public static Duration notNegative(String name, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(name + " must not be negative, is " + value);
        }
        return atMostLongest(value);
    }

    /** The duration, or {@link #LONGEST} if it is longer. */
    public static Duration atMostLongest(Duration value) {
        return value.compareTo(LONGEST) > 0 ? LONGEST : value;
    }

    /** The text, which must have bytes in UTF-8: no half of a surrogate pair. */
    public static String text(String name, String value) {
        if (Utf8.unpairedSurrogate(value).isPresent()) {
            throw new IllegalArgumentException(name + " has half a surrogate pair");
        }
        return value;
    }

    public static long range(String name, long value, long from, long to) {
        if (value < from || value > to) {
            throw new IllegalArgumentException(
                    name + " must be " + from + " to " + to + ", is " + value);
        }
        return value;
    }
}
