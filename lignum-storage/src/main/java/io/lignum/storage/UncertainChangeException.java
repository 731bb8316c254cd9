package io.lignum.storage;

import java.io.IOException;

/** A change met a shortage when it could not be taken back any more: it may be in force after the next start. */
final class UncertainChangeException extends IOException {

    private static final long serialVersionUID = 1L;

    UncertainChangeException(String message, IOException cause) {
        super(message, cause);
    }
}
