package io.lignum.storage;

import io.lignum.storage.env.ShortageException;
import io.lignum.storage.internal.segment.UncertainChangeException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;

/**
 * Keeps the last step of a truncation or reset until it succeeds. When a shortage of space or file
 * handles prevents that step, the log has changed and the change is not durable; the step is tried
 * again before anything is appended, forced or reported as durable.
 *
 * <p>Run by the log's writer only, between rounds.
 */
final class UnfinishedReset {

    private LogAdmin.@Nullable Work step;

    /** Tries the pending step again; does nothing without one. */
    void finish() throws IOException {
        LogAdmin.Work pending = step;
        if (pending != null) {
            pending.run();
            step = null;
        }
    }

    /**
     * Runs the last step of a reset.
     *
     * @param last can run again after it threw
     * @throws UncertainChangeException a shortage prevented it; it is kept for {@link #finish()}
     */
    void finish(LogAdmin.Work last) throws IOException {
        step = last;
        try {
            finish();
        } catch (ShortageException e) {
            throw new UncertainChangeException("a log was cut, and not durably yet", e);
        }
    }
}
