package io.lignum.storage;

import io.lignum.storage.env.ShortageException;
import io.lignum.storage.internal.segment.UncertainChangeException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/**
 * Runs work on a log that must not overlap with appends. It is queued behind the appends before it,
 * and the log's writer runs it.
 */
final class WriterCommand implements Step {

    /** The work. An IOException that is no shortage stops the log. */
    @FunctionalInterface
    interface Body {
        @Nullable
        Object run() throws IOException;
    }

    private final Body body;
    private final boolean seals;
    private final CompletableFuture<@Nullable Object> result = new CompletableFuture<>();

    WriterCommand(Body body) {
        this(body, false);
    }

    WriterCommand(Body body, boolean seals) {
        this.body = body;
        this.seals = seals;
    }

    /** Whether appends that are queued behind it go to a new segment. */
    boolean seals() {
        return seals;
    }

    /**
     * Runs the work and completes the result. What this throws must stop the log, which then fails
     * this command.
     */
    void run(FreeSpace space) throws IOException {
        try {
            result.complete(body.run());
        } catch (StorageException e) {
            fail(e); // A refusal, such as "out of range"; the log is as before.
        } catch (ShortageException e) {
            space.found(e);
            fail(space.refusalOfChange(e));
        } catch (UncertainChangeException e) {
            space.found(e.shortage());
            fail(space.refusalOfChange(e.shortage()).unknown());
        }
    }

    void fail(StorageException cause) {
        result.completeExceptionally(cause);
    }

    CompletableFuture<@Nullable Object> result() {
        return result;
    }
}
