package io.lignum.storage;

import io.lignum.record.IoErrors;
import io.lignum.storage.env.ShortageException;
import io.lignum.storage.internal.segment.ActiveSegment;
import io.lignum.storage.internal.segment.Checkpoint;
import io.lignum.storage.internal.segment.FileCache;
import io.lignum.storage.internal.segment.MissingSegmentException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.ArrayDeque;

/**
 * The full segments of a log that acknowledges without forcing. Forcing them at once would hold up
 * appends that nobody promised to force, so they wait here: the tick forces them by and by on the
 * store's executor, one at a time. When too many wait, the oldest is forced in the way of appends,
 * which holds these to what the disk can take.
 *
 * <p>Used by the log's writer only; only the force itself runs elsewhere.
 */
final class BackgroundSeal {

    /** Also bounds what is read and written again when the log is opened after a crash. */
    static final int MAX_WAITING = 6;

    /**
     * A full segment.
     *
     * @param checkpoint what was known when it was full
     */
    record Full(ActiveSegment segment, Checkpoint checkpoint) {}

    private static final Logger LOG = LoggerFactory.getLogger(BackgroundSeal.class);

    private final String topic;
    private final StoreShared store;
    private final Runnable sealNext;
    private final ArrayDeque<Full> waiting = new ArrayDeque<>();
    private @Nullable ActiveSegment forcing;
    private volatile @Nullable ActiveSegment forced;
    private volatile boolean putOff;

    /** @param sealNext has the writer seal what was forced; called on an engine thread */
    BackgroundSeal(String topic, StoreShared store, Runnable sealNext) {
        this.topic = topic;
        this.store = store;
        this.sealNext = sealNext;
    }

    void add(Full full) {
        waiting.addLast(full);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    boolean isTooLong() {
        return waiting.size() >= MAX_WAITING;
    }

    /** Begins to force the oldest, unless that is under way; the log is told when it is done. */
    void forceOldest() {
        Full oldest = waiting.peekFirst();
        if (oldest != null && (oldest.segment() != forcing || putOff)) {
            putOff = false;
            forcing = oldest.segment();
            store.execute(() -> force(oldest.segment()));
        }
    }

    /** A task on an engine thread, so nothing escapes. */
    private void force(ActiveSegment full) {
        try {
            store.refuseIfFailed();
            forceFile(full);
            forced = full;
            sealNext.run();
        } catch (ShortageException e) {
            LOG.warn("forcing {} is put off: {}", full.segment().path(), IoErrors.describe(e));
            putOff = true;
        } catch (StorageException e) {
            LOG.debug("{} is not sealed: {}", full.segment().activePath(), e.toString());
        } catch (Throwable e) {
            store.failure().fail("sealing a segment of topic " + topic + " failed", e);
        }
    }

    private void forceFile(ActiveSegment full) throws IOException {
        try (FileCache.Lease lease = store.files().lease(full.segment())) {
            lease.file().force();
        } catch (MissingSegmentException e) {
            LOG.debug("{} was sealed and removed meanwhile", full.segment().sealedPath());
        }
    }

    /** The oldest if it was forced in the background; to be sealed. */
    @Nullable
    Full forced() {
        Full oldest = oldest();
        return oldest != null && oldest.segment() == forced ? oldest : null;
    }

    /**
     * The oldest, forced or not; to be forced and sealed. A force that failed is never repeated.
     */
    @Nullable
    Full oldest() {
        store.refuseIfFailed();
        return waiting.peekFirst();
    }

    /** The oldest is sealed. */
    void sealed(Full oldest) {
        waiting.remove(oldest);
    }

    void abandon() {
        waiting.clear();
    }
}
