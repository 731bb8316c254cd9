package io.lignum.storage.env;

import java.io.Closeable;
import java.io.IOException;

/** An exclusive lock on a data directory; closing releases it. */
public interface DirectoryLock extends Closeable {

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
