package io.lignum.storage;

import io.lignum.storage.env.ShortageException;
import io.lignum.storage.internal.segment.UncertainChangeException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/**
 * Work on a log that must not run beside appends: it is queued behind the appends before it and run
 * by the log's writer alone.
 */
final class LogCommand implements Step {

    /** The work; an IOException stops the log. */
    @FunctionalInterface
    interface Body {
        @Nullable
        Object run() throws IOException;
    }

    private final Body body;
    private final boolean seals;
    private final CompletableFuture<@Nullable Object> result = new CompletableFuture<>();

    LogCommand(Body body) {
        this(body, false);
    }

    LogCommand(Body body, boolean seals) {
        this.body = body;
        this.seals = seals;
    }

    /** Appends queued behind it go to a new segment. */
    boolean seals() {
        return seals;
    }

    /** Runs the work. What it throws must stop the log, which then fails this command, too. */
    void run(FreeSpace space) throws IOException {
        try {
            result.complete(body.run());
        } catch (StorageException e) {
            fail(e); // An answer, such as "out of range"; the log is as it was.
        } catch (ShortageException e) {
            space.found(e);
            fail(space.refusal(e));
        } catch (UncertainChangeException e) {
            space.found(e.shortage());
            fail(space.refusal(e.shortage()).unknown());
        }
    }

    void fail(StorageException cause) {
        result.completeExceptionally(cause);
    }

    CompletableFuture<@Nullable Object> result() {
        return result;
    }
}
