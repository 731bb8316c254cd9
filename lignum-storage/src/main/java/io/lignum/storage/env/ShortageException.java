package io.lignum.storage.env;

import java.io.IOException;

/**
 * Reports that the file system refused a call for lack of space or of a file handle. Nothing else
 * is wrong: the same call can succeed later.
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
