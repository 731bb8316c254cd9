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
 * The end of a store that cannot go on: a disk that failed is the disk of all its logs, and an
 * {@link Error} or a bug in an engine thread leaves nobody who would finish what that thread had
 * begun.
 *
 * <p>The first failure counts. It ends every log, which completes what waits, and is then reported
 * to the owner. Called on the thread that failed, which may be short of memory: a step that fails
 * does not keep the others from being done.
 */
final class StoreFailure {

    private static final Logger LOG = LoggerFactory.getLogger(StoreFailure.class);

    /** Made while there is memory. */
    private final StorageException unexplained = new StorageException.EngineFailed(
            "the store failed", new OutOfMemoryError("no memory to say why"), Outcome.UNKNOWN);

    private final AtomicReference<@Nullable StorageException> refusal = new AtomicReference<>();
    private final Consumer<StorageException> report;
    private volatile Collection<TopicLog> logs = List.of();

    /** @param report how the owner is notified */
    StoreFailure(Consumer<StorageException> report) {
        this.report = report;
    }

    /** A view of the logs that a failure ends. */
    void endsAlso(Collection<TopicLog> all) {
        logs = all;
    }

    /** Ends the store. True if this is what ended it. */
    boolean fail(String what, Throwable cause) {
        StorageException refused = describe(what, cause, Outcome.NOT_APPLIED);
        if (!refusal.compareAndSet(null, refused)) {
            return false;
        }
        StorageException unknown = describe(what, cause, Outcome.UNKNOWN);
        guarded(() -> LOG.error("The store takes no appends any more: {}", unknown.getMessage()));
        logs.forEach(log -> guarded(() -> log.end(refused, unknown)));
        guarded(() -> report.accept(unknown));
        return true;
    }

    /** The kind of exception that says of a call what {@code cause} did to it. */
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

    /** The exception for an operation that a failure of the disk, or a shortage, has refused. */
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

    /** The end of a thread's work, so nothing may escape. */
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
            return; // There is no memory to say it; the first failure has been recorded.
        }
    }
}
