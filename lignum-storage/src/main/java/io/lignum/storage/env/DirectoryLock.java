package io.lignum.storage.env;

import java.io.Closeable;
import java.io.IOException;

/** An exclusive lock on a data directory; closing releases it. */
public interface DirectoryLock extends Closeable {

    /**
     * Whether the path of the lock file still leads to the locked file. False after the directory
     * was moved, deleted or replaced: what is written to open files from then on cannot be found
     * under the path.
     *
     * @throws IOException the path cannot be read
     */
    default boolean isInPlace() throws IOException {
        return true;
    }

    /** Another store holds the lock. */
    final class HeldException extends IOException {

        private static final long serialVersionUID = 1L;

        private final String holder;

        public HeldException(String holder) {
            super("held by " + holder);
            this.holder = holder;
        }

        /** The holder, in its own words. */
        public String holder() {
            return holder;
        }
    }
}
