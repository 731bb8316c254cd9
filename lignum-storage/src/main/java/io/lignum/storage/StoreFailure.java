package io.lignum.storage;

import io.lignum.record.IoErrors;
import io.lignum.storage.env.DiskFullException;
import io.lignum.storage.env.TooManyOpenFilesException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Ends a store that cannot go on: after a failure of the disk, which all its logs share, or after
 * an {@link Error} or a bug in an engine thread, whose work would never be finished.
 *
 * <p>The first failure counts. It ends every log, which completes what waits, and is then reported
 * to the owner. Called on the thread that failed, which may be short of memory: a step that fails
 * does not keep the others from running.
 */
final class StoreFailure {

    private static final Logger LOG = LoggerFactory.getLogger(StoreFailure.class);

    /** Created while there is memory. */
    private final StorageException unexplained = new StorageException.EngineFailed(
            "the store failed", new OutOfMemoryError("no memory to say why"), Outcome.UNKNOWN);

    private final AtomicReference<@Nullable StorageException> refusal = new AtomicReference<>();
    private final Consumer<StorageException> report;
    private volatile Collection<TopicLog> logs = List.of();

    /**
     * Keeps the first failure.
     *
     * @param report notifies the owner
     */
    StoreFailure(Consumer<StorageException> report) {
        this.report = report;
    }

    /** Sets the logs that a failure ends: a live view. */
    void endsAlso(Collection<TopicLog> all) {
        logs = all;
    }

    /** Ends the store; true if this call did. */
    boolean fail(String what, Throwable cause) {
        StorageException refused = describe(what, cause, Outcome.NOT_APPLIED);
        if (!refusal.compareAndSet(null, refused)) {
            return false;
        }
        StorageException unknown = describe(what, cause, Outcome.UNKNOWN);
        guarded(() -> LOG.error("The store accepts no more appends: {}", unknown.getMessage()));
        logs.forEach(log -> guarded(() -> log.end(refused, unknown)));
        guarded(() -> report.accept(unknown));
        return true;
    }

    /** The exception that tells a caller what {@code cause} did to its call. */
    StorageException describe(String what, Throwable cause, Outcome outcome) {
        try {
            if (cause instanceof StorageException known && known.getCause() != null) {
                return describe(what, known.getCause(), outcome);
            }
            return cause instanceof IOException
                    ? new StorageException.DiskFailed(what, cause, outcome)
                    : new StorageException.EngineFailed(what, cause, outcome);
        } catch (OutOfMemoryError e) {
            return unexplained;
        }
    }

    /** The exception for a call that a failure of the disk, or a shortage, has refused. */
    static StorageException of(String what, IOException cause) {
        if (cause instanceof DiskFullException) {
            return new StorageException.DiskFull(what + ": " + IoErrors.describe(cause));
        }
        if (cause instanceof TooManyOpenFilesException) {
            return new StorageException.Overloaded(what + ": " + IoErrors.describe(cause));
        }
        return new StorageException.DiskFailed(what, cause, Outcome.NOT_APPLIED);
    }

    /** What later calls fail with; null while the store works. */
    @Nullable
    StorageException refusal() {
        return refusal.get();
    }

    /** Runs a step of the end of a thread; nothing may escape. */
    static void guarded(Runnable step) {
        try {
            step.run();
        } catch (Throwable e) {
            logQuietly(e);
        }
    }

    private static void logQuietly(Throwable e) {
        try {
            LOG.error("Ending a store that failed", e);
        } catch (Throwable again) {
            return; // There is no memory to log this; the first failure has been recorded.
        }
    }
}
