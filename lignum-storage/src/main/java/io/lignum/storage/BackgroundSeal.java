package io.lignum.storage;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Forces a full segment of a log that acknowledges without forcing, while appends go on in the next. At
 * most one at a time: the next roll waits for it, which holds appends to what the disk can take.
 *
 * <p>Used by the log's writer only; the force itself runs on the store's executor.
 */
final class BackgroundSeal {

    /**
     * A segment that is forced and can be sealed.
     *
     * @param checkpoint what was known when it was full
     */
    record Forced(ActiveSegment segment, Checkpoint checkpoint) {}

    private final TopicLog log;
    private final StoreShared store;
    private @Nullable Forced pending;
    private CompletableFuture<Void> force = CompletableFuture.completedFuture(null);

    BackgroundSeal(TopicLog log, StoreShared store) {
        this.log = log;
        this.store = store;
    }

    /** Begins to force a segment; the writer is asked to seal it when that is done. */
    void start(ActiveSegment segment, Checkpoint checkpoint) {
        pending = new Forced(segment, checkpoint);
        force = new CompletableFuture<>();
        CompletableFuture<Void> done = force;
        store.executor().execute(() -> {
            if (done.isDone()) {
                return; // The writer could not wait and did it itself.
            }
            try (FileCache.Lease lease = store.files().lease(segment.segment())) {
                lease.file().force();
                done.complete(null);
            } catch (IOException e) {
                done.completeExceptionally(e);
            }
            log.sealForced();
        });
    }

    /**
     * What was started and is forced now, once; null if nothing is pending. If the executor has not come to
     * it yet this forces it here, since waiting for the executor from inside it could be for ever.
     */
    @Nullable
    Forced finish() throws IOException {
        Forced forced = pending;
        if (forced == null) {
            return null;
        }
        pending = null;
        if (!force.isDone()) {
            try (FileCache.Lease lease = store.files().lease(forced.segment().segment())) {
                lease.file().force();
            }
            force.complete(null);
        }
        rethrow(force);
        return forced;
    }

    private static void rethrow(CompletableFuture<Void> done) throws IOException {
        try {
            done.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e);
        }
    }

    void abandon() {
        pending = null;
        force.complete(null);
    }
}
