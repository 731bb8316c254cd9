package io.lignum.storage;

import java.nio.file.Path;

/**
 * A problem that an inspection found in the files of a log.
 *
 * @param kind what it means
 * @param file the file that has it
 * @param position byte of the file at which it begins
 * @param what one sentence for people
 */
public record Finding(Kind kind, Path file, long position, String what) {

    /** From harmless to bad. An operator should know of all but notes. */
    public enum Kind {
        /** Needs nothing, or opening the log repairs it without a trace. */
        NOTE,
        /**
         * An index that does not fit its segment. No record is affected: an index is built from its
         * segment.
         */
        WRONG_INDEX,
        /**
         * An unfinished write, which was never acknowledged as durable: opening saves and cuts it.
         */
        TORN_TAIL,
        /** Written by a later release, so this release cannot check it. */
        UNSUPPORTED_VERSION,
        /** Durable bytes have changed, or are missing. Opening leaves them as they are. */
        CORRUPTION
    }

    @Override
    public String toString() {
        return what + " (byte " + position + " of " + file + ")";
    }
}
