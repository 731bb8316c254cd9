package io.lignum.storage.internal.segment;

import io.lignum.storage.env.ShortageException;

import java.io.IOException;

/**
 * Reports a shortage that came too late to undo a change. The change may apply after the next
 * start, or it was made and is not durable yet. The same call can succeed later.
 */
public final class UncertainChangeException extends IOException {

    private static final long serialVersionUID = 1L;

    private final ShortageException shortage;

    public UncertainChangeException(String message, ShortageException shortage) {
        super(message, shortage);
        this.shortage = shortage;
    }

    public ShortageException shortage() {
        return shortage;
    }
}
