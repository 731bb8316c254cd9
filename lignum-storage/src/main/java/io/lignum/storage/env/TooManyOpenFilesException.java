package io.lignum.storage.env;

/**
 * Reports that a file could not be opened or created because the process, or the system, has no
 * file handle left.
 */
public final class TooManyOpenFilesException extends ShortageException {

    private static final long serialVersionUID = 1L;

    public TooManyOpenFilesException(String message, Throwable cause) {
        super(message, cause);
    }

    public TooManyOpenFilesException(String message) {
        super(message);
    }
}
