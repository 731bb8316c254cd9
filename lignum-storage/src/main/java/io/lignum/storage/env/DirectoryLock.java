package io.lignum.storage.env;

import java.io.Closeable;
import java.io.IOException;

/** An exclusive lock on a data directory; closing releases it. */
public interface DirectoryLock extends Closeable {

    /**
     * Whether the path of the lock file still leads to the file that is locked. False after the
     * directory was moved, deleted or replaced: what is written to open files from then on is not
     * found under the path any more.
     *
     * @throws IOException it cannot be told
     */
    default boolean isInPlace() throws IOException {
        return true;
    }

    /** Somebody else holds the lock. */
    final class HeldException extends IOException {

        private static final long serialVersionUID = 1L;

        private final String holder;

        public HeldException(String holder) {
            super("held by " + holder);
            this.holder = holder;
        }

        /** Who holds it, as written by the holder itself. */
        public String holder() {
            return holder;
        }
    }
}
