package io.lignum.storage;

import io.lignum.storage.env.EngineClock;
import io.lignum.storage.internal.segment.Checks;

/**
 * The lock of a log's writer, passed between threads: the right to run the writer, with the duty to
 * write everything that is queued. A log has one turn; only the thread or task that holds it writes
 * to the log.
 *
 * <p>A caller that queues something while no other thread holds the turn gets it, and runs the
 * writer or hands the turn to the executor. {@link LogWriter} gives it back when nothing is queued.
 * Between two tasks the turn passes on with the task, also while a force is in progress.
 *
 * <p>Guarded by the {@link AppendQueue}; its monitor also publishes the writer's fields to the next
 * holder.
 */
final class WriterTurn implements Queued {

    private final Progress progress;
    private boolean held;

    WriterTurn(EngineClock clock) {
        progress = new Progress(clock);
    }

    /** Returns the turn if no other thread holds it. */
    Queued take() {
        if (held) {
            return BehindWriter.INSTANCE;
        }
        held = true;
        progress.begin();
        return this;
    }

    /**
     * Checks that the turn is held. Only its holder may call this: no other thread changes it then.
     */
    void requireHeld() {
        Checks.invariant(held, "the turn of a writer is held");
    }

    void giveBack() {
        requireHeld();
        held = false;
        progress.end();
    }

    /** When the writer last made progress. Any thread. */
    Progress progress() {
        return progress;
    }
}
