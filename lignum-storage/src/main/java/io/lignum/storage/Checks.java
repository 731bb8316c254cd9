package io.lignum.storage;

/** Checks of arguments: a violation is a bug of the caller, named with the field and the limit. */
final class Checks {

    private Checks() {}

    static void range(String field, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    field + " is " + value + ", allowed is " + min + ".." + max);
        }
    }

    /** An invariant of our own; always on. */
    static void invariant(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException("invariant broken: " + what);
        }
    }
}
