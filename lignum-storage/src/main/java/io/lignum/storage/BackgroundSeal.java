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
 * Keeps the full segments of a log that acknowledges without a force, until they are forced and
 * sealed. A force at once would delay appends that need none. So the tick has the segments forced
 * on the store's executor, one at a time, and each is sealed by the log's writer. When too many
 * wait, the writer forces the oldest itself, which slows appends down to the speed of the disk.
 *
 * <p>Used by the log's writer; only the force runs on another thread. A failed force ends the
 * store.
 */
final class BackgroundSeal {

    /** Also bounds what opening the log reads and writes again after a crash. */
    static final int MAX_WAITING = 6;

    /**
     * A full segment.
     *
     * @param checkpoint what was known when the segment was full
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

    /**
     * Waits for full segments of a topic.
     *
     * @param sealNext queues the sealing of a forced segment; called on an engine thread
     */
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

    /** Starts to force the oldest segment, unless that is in progress. */
    void forceOldest() {
        Full oldest = waiting.peekFirst();
        if (oldest != null && (oldest.segment() != forcing || putOff)) {
            putOff = false;
            forcing = oldest.segment();
            store.execute(() -> force(oldest.segment()));
        }
    }

    /** The top of a task on an engine thread, so nothing escapes. */
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

    /** The oldest segment if the background task has forced it; the caller seals it. */
    @Nullable
    Full forced() {
        Full oldest = oldest();
        return oldest != null && oldest.segment() == forced ? oldest : null;
    }

    /**
     * The oldest segment, which the caller forces and seals. Throws after a failure: a force that
     * failed is never repeated.
     */
    @Nullable
    Full oldest() {
        store.refuseIfFailed();
        return waiting.peekFirst();
    }

    /** Removes the oldest segment, which is sealed. */
    void sealed(Full oldest) {
        waiting.remove(oldest);
    }

    void abandon() {
        waiting.clear();
    }
}
