package io.lignum.storage;

import io.lignum.record.IoErrors;
import io.lignum.storage.env.Disk;
import io.lignum.storage.env.DiskFile;
import io.lignum.storage.env.DiskFullException;
import io.lignum.storage.env.OpenMode;
import io.lignum.storage.env.ShortageException;
import io.lignum.storage.internal.segment.ActiveSegment;
import io.lignum.storage.internal.segment.Checkpoint;
import io.lignum.storage.internal.segment.FileCache;
import io.lignum.storage.internal.segment.Segment;
import io.lignum.storage.internal.segment.SegmentList;
import io.lignum.storage.internal.segment.SegmentManifest;
import io.lignum.storage.internal.segment.UncertainChangeException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.OptionalLong;

/**
 * Changes the files of a log between appends: rolls to a new segment, seals full ones, writes
 * checkpoints, trims, closes.
 *
 * <p>Run by the log's writer only, between rounds. A shortage leaves the log as it was unless a
 * method says otherwise; any other failure ends the store.
 */
final class LogMaintenance {

    /** Bounds what opening the log scans and writes again after a crash. */
    static final long CHECKPOINT_BYTES = 64L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(LogMaintenance.class);

    private final TopicLog log;
    private final StoreShared store;
    private final Disk disk;
    private final LogState state;
    private final BackgroundSeal sealing;
    private final UnfinishedReset unfinished = new UnfinishedReset();
    private boolean rollDue;
    private boolean keepsSpace;

    /**
     * Maintains a log.
     *
     * @param sealNext queues {@link #continueSealing}; called on an engine thread
     */
    LogMaintenance(TopicLog log, StoreShared store, LogState state, Runnable sealNext) {
        this.log = log;
        this.store = store;
        this.state = state;
        disk = store.disk();
        sealing = new BackgroundSeal(log.name(), store, sealNext);
    }

    /** The last step of a truncation or reset, if a shortage has put it off. */
    UnfinishedReset unfinished() {
        return unfinished;
    }

    /**
     * Ends the active segment and begins the next. With {@link Durability#ALWAYS} the old one is
     * sealed at once, since it is forced already. Otherwise to force it would delay appends that
     * were not promised a force; it keeps its name until the background has forced it.
     *
     * @throws ShortageException the old segment may be listed as sealed already; {@link #isRollDue}
     *     stays true until a later attempt succeeds
     */
    void roll() throws IOException {
        ActiveSegment old = state.active();
        rollDue = !old.isEmpty();
        if (!rollDue) {
            return;
        }
        repairTail();
        if (sealing.isTooLong()) {
            sealOldest();
        }
        ActiveSegment next = begin(old.summary().endOffset());
        if (sealing.isEmpty() && state.flushedEnd() == state.writtenEnd()) {
            Checkpoint checkpoint = checkpointOf(next);
            sealAtOnce(old, next, checkpoint);
            state.rolled(next);
            state.checkpointed(checkpoint);
        } else {
            sealing.add(new BackgroundSeal.Full(old, checkpointOf(next)));
            state.rolled(next);
        }
        rollDue = false;
        store.listener().sealed(log);
    }

    /**
     * Prepares the active segment for writing: cuts off what a truncation, or a torn write, left
     * behind its end.
     */
    void repairTail() throws IOException {
        unfinished.finish();
        ActiveSegment active = state.active();
        if (active.isTorn()) {
            try (FileCache.Lease lease = store.files().lease(active.segment())) {
                active.cutTorn(disk, lease.file());
            }
        }
    }

    /**
     * Keeps zeros ahead in the active segment from now on, for small appends on a full disk; see
     * {@link ActiveSegment#keepSpace}.
     */
    void keepSpaceAhead() throws IOException {
        keepsSpace = true;
        if (state.damage() == null && !store.hasFailed()) {
            try (FileCache.Lease lease = store.files().lease(state.active().segment())) {
                keepSpace(lease.file());
                lease.file().force();
            } catch (ShortageException e) {
                store.space().found(e); // The next append tries again.
            }
        }
    }

    /** Renews the zeros ahead after a write to {@code active}, the file of the active segment. */
    void keepSpace(DiskFile active) throws IOException {
        if (keepsSpace) {
            state.active().keepSpace(active);
        }
    }

    /**
     * Whether a shortage prevented the last roll: nothing may be appended to the active segment
     * then.
     */
    boolean isRollDue() {
        return rollDue;
    }

    /** The active segment was replaced by an empty one. */
    void noRollDue() {
        rollDue = false;
    }

    private void sealAtOnce(ActiveSegment old, ActiveSegment next, Checkpoint checkpoint)
            throws IOException {
        try {
            seal(old, checkpoint);
        } catch (ShortageException e) {
            disk.delete(next.segment().activePath());
            throw e;
        }
    }

    private ActiveSegment begin(long base) throws IOException {
        ActiveSegment next = ActiveSegment.empty(state.directory(), base);
        disk.open(next.segment().activePath(), OpenMode.CREATE_NEW).close();
        return next;
    }

    /** Seals {@code old}, which is forced, and writes the checkpoint that says so. */
    private void seal(ActiveSegment old, Checkpoint checkpoint) throws IOException {
        Segment segment = old.segment();
        if (!segment.isSealed()) { // Else a shortage only kept its new name from being forced.
            try (FileCache.Lease lease = store.files().lease(segment)) {
                old.trimFile(lease.file());
                lease.file().force();
            }
            store.indexes().save(segment, old.index());
            state.manifest().add(new SegmentManifest.Entry(segment.baseOffset(), old.summary()));
            checkpoint.write(disk, state.directory());
            disk.rename(segment.activePath(), segment.sealedPath());
            segment.markSealed();
            store.indexes().sealed(segment, old.index());
        }
        disk.forceDirectory(state.directory());
    }

    private void sealOldest() throws IOException {
        seal(sealing.oldest());
    }

    private void seal(BackgroundSeal.@Nullable Full full) throws IOException {
        if (full != null) {
            // Since then the high watermark may have been lowered, and the log trimmed.
            seal(
                    full.segment(),
                    full.checkpoint().with(state.logStartOffset(), state.highWatermark()));
            sealing.sealed(full);
            flushedTo(full.segment().summary().endOffset());
        }
    }

    /** Seals the full segment that the background has forced, if any, and starts with the next. */
    void continueSealing() throws IOException {
        store.refuseIfFailed();
        seal(sealing.forced());
        sealing.forceOldest();
    }

    /** Seals all full segments now. */
    void finishSealing() throws IOException {
        while (!sealing.isEmpty()) {
            sealOldest();
        }
    }

    /** Forces all that was written. */
    void flush() throws IOException {
        store.refuseIfFailed();
        if (state.damage() != null) {
            throw state.damage();
        }
        unfinished.finish();
        finishSealing();
        if (state.flushedEnd() < state.writtenEnd()) {
            try (FileCache.Lease lease = store.files().lease(state.active().segment())) {
                lease.file().force();
            }
            flushedTo(state.writtenEnd());
        }
    }

    /** Everything below {@code end} is forced. */
    void flushedTo(long end) {
        if (end > state.flushedEnd()) {
            state.flushed(end);
            store.listener().flushed(log, end);
        }
    }

    void checkpointIfDue() throws IOException {
        if (state.bytesSinceCheckpoint() >= CHECKPOINT_BYTES
                && state.flushedEnd() == state.writtenEnd()) {
            checkpointIfSpace();
        }
    }

    /** Writes a checkpoint unless a shortage prevents it; the log is as before then. */
    void checkpointIfSpace() throws IOException {
        try {
            checkpoint();
        } catch (ShortageException e) {
            LOG.warn("a checkpoint of topic {} is put off: {}", log.name(), IoErrors.describe(e));
            store.space().found(e);
        }
    }

    void expireProducers() {
        state.producers().expire(store.producerLimitMillis());
    }

    /**
     * Makes durable what is known now. On a full disk writes only the high watermark, into the
     * existing checkpoint.
     */
    void checkpointIfNew() throws IOException {
        if (state.isCheckpointed()) {
            return;
        }
        try {
            checkpoint();
        } catch (DiskFullException e) {
            store.space().found(e);
            OptionalLong watermark = state.highWatermark();
            if (watermark.isEmpty() || watermark.getAsLong() > state.flushedEnd()) {
                throw e;
            }
            Checkpoint.raiseWatermark(disk, state.directory(), watermark.getAsLong());
        }
    }

    /**
     * Forces everything and writes a checkpoint, after which opening the log has nothing to scan.
     */
    void checkpoint() throws IOException {
        flush();
        writeCheckpoint(state.logStartOffset());
    }

    private void writeCheckpoint(long logStart) throws IOException {
        Checkpoint checkpoint = replaceCheckpoint(logStart);
        disk.forceDirectory(state.directory());
        state.checkpointed(checkpoint);
    }

    private Checkpoint replaceCheckpoint(long logStart) throws IOException {
        store.indexes().save(state.active().segment(), state.active().index());
        Checkpoint checkpoint = checkpointOf(state.active(), logStart);
        checkpoint.write(disk, state.directory());
        return checkpoint;
    }

    /** What is known now; correct once everything that was written is forced. */
    private Checkpoint checkpointOf(ActiveSegment active) {
        return checkpointOf(active, state.logStartOffset());
    }

    private Checkpoint checkpointOf(ActiveSegment active, long logStart) {
        return new Checkpoint(
                logStart,
                state.highWatermark(),
                active.segment().baseOffset(),
                active.summary().copy(),
                active.firstAppendMillis(),
                state.epochs(),
                state.producers().copy());
    }

    /**
     * Makes {@code newStart} the log start offset, and deletes the segments below it.
     *
     * @throws UncertainChangeException a shortage came too late: the log may start there when it is
     *     opened again
     */
    void trim(long newStart) throws IOException {
        long end = state.readableEnd();
        if (newStart > end) {
            throw new StorageException.OffsetOutOfRange(
                    log.name(), newStart, state.logStartOffset(), end);
        }
        if (newStart <= state.logStartOffset()) {
            return;
        }
        // Durable before anything is deleted: opening then knows why the first segments are
        // missing.
        try {
            flush();
            Checkpoint checkpoint = replaceCheckpoint(newStart);
            Checkpoint.forceStart(disk, state.directory());
            state.checkpointed(checkpoint);
        } catch (DiskFullException e) {
            store.space().found(e);
            if (newStart > state.flushedEnd()) {
                throw e;
            }
            Checkpoint.raiseStart(disk, state.directory(), newStart); // A trim frees space.
        }
        SegmentList all = state.segments();
        int removed = countBelow(all, newStart);
        state.trimmed(newStart, removed);
        for (int i = 0; i < removed; i++) {
            store.remover().delete(all.get(i));
        }
        state.manifest().forgetBelow(state.segments().get(0).baseOffset());
    }

    private static int countBelow(SegmentList all, long newStart) {
        int count = 0;
        while (count < all.size() - 1
                && all.get(count).isSealed()
                && all.get(count + 1).baseOffset() <= newStart) {
            count++;
        }
        return count;
    }

    /**
     * Forces, writes a checkpoint, cuts the zeros off, and releases the files. On a full disk
     * opening scans more.
     */
    void close() throws IOException {
        try {
            settle();
        } catch (ShortageException e) {
            LOG.warn("topic {} closes without a checkpoint: {}", log.name(), IoErrors.describe(e));
        }
        retireFiles();
    }

    private void settle() throws IOException {
        if (!store.hasFailed() && state.damage() == null) {
            flush();
        }
        if (!store.hasFailed() && !state.isCheckpointed()) {
            repairTail();
            try (FileCache.Lease lease = store.files().lease(state.active().segment())) {
                if (!keepsSpace) { // Else the space is needed again, perhaps on a full disk.
                    state.active().trimFile(lease.file());
                }
                lease.file().force();
            }
            checkpoint();
        }
    }

    void retireFiles() throws IOException {
        sealing.abandon();
        SegmentList all = state.segments();
        for (int i = 0; i < all.size(); i++) {
            store.remover().retire(all.get(i));
        }
    }
}
