package io.lignum.storage.env;

import java.io.IOException;

/**
 * The file system refused something for want of room or of a file handle. Nothing else is wrong
 * with it: the same call can succeed once there is more.
 */
public abstract sealed class ShortageException extends IOException
        permits DiskFullException, TooManyOpenFilesException {

    private static final long serialVersionUID = 1L;

    ShortageException(String message, Throwable cause) {
        super(message, cause);
    }

    ShortageException(String message) {
        super(message);
    }
}
