package io.lignum.storage;

import java.nio.file.Path;

/**
 * Something that an inspection found in the files of a log.
 *
 * @param kind what it means
 * @param file the file it is in
 * @param position byte of the file at which it begins
 * @param what one sentence for a human
 */
public record Finding(Kind kind, Path file, long position, String what) {

    /** From harmless to bad; all but a note needs somebody to know of it. */
    public enum Kind {
        /** Opening the log makes it good without a trace, or it needs nothing. */
        NOTE,
        /**
         * An index that does not fit its segment. No record is affected: an index is built from its
         * segment.
         */
        WRONG_INDEX,
        /**
         * An unfinished write, which nobody was told to be durable: opening saves it aside and cuts
         * it.
         */
        TORN_TAIL,
        /** Written by a later release: not for this one to judge. */
        UNSUPPORTED_VERSION,
        /** What was durable is not what it was, or not there. Opening leaves it as it is. */
        CORRUPTION
    }

    @Override
    public String toString() {
        return what + " (byte " + position + " of " + file + ")";
    }
}
