package io.lignum.server.reload;

/**
 * A file of keys, certificates or secrets cannot be read, or its contents cannot be used. The
 * message names the setting, the file and the remedy. Nothing has changed.
 */
public final class UnusableFileException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UnusableFileException(String message) {
        super(message);
    }

    public UnusableFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
