package io.lignum.server.tls;

/**
 * A file for TLS cannot be read, or its contents cannot be used. The message names the setting, the
 * file and the remedy. Nothing has changed.
 */
public final class TlsFilesException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TlsFilesException(String message) {
        super(message);
    }

    TlsFilesException(String message, Throwable cause) {
        super(message, cause);
    }
}
