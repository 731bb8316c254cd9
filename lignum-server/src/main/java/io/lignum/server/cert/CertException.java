package io.lignum.server.cert;

/** A certificate cannot be issued or read. The message says why and what to do. */
public final class CertException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CertException(String message) {
        super(message);
    }

    CertException(String message, Throwable cause) {
        super(message, cause);
    }
}
