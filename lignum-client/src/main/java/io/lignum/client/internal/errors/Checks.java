package io.lignum.client.internal.errors;

import io.lignum.record.Utf8;

import java.time.Duration;

/**
 * Checks arguments of users. A violation is an IllegalArgumentException that names the argument.
 */
public final class Checks {

    /** Longer times do not differ in practice, and 64 bits of nanoseconds hold 292 years. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private Checks() {}

    /** The value, which must be more than zero; at most {@link #LONGEST}. */
    public static Duration positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " must be positive, is " + value);
        }
        return atMostLongest(value);
    }

    /** The value, which must be zero or more; at most {@link #LONGEST}. */
    public static Duration notNegative(String name, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(name + " must not be negative, is " + value);
        }
        return atMostLongest(value);
    }

    /** The value, at most {@link #LONGEST}. */
    public static Duration atMostLongest(Duration value) {
        return value.compareTo(LONGEST) > 0 ? LONGEST : value;
    }

    /** The text, which must be encodable in UTF-8: without an unpaired surrogate. */
    public static String text(String name, String value) {
        if (Utf8.unpairedSurrogate(value).isPresent()) {
            throw new IllegalArgumentException(name + " has half a surrogate pair");
        }
        return value;
    }

    /** The value, which must be in the range; both ends are inclusive. */
    public static long range(String name, long value, long from, long to) {
        if (value < from || value > to) {
            throw new IllegalArgumentException(
                    name + " must be " + from + " to " + to + ", is " + value);
        }
        return value;
    }
}
