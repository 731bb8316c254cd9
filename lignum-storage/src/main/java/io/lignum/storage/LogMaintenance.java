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
 * What is done to a log beside appending: rolling to a new segment, checkpoints, trimming, closing.
 * Run by the log's writer only, between rounds.
 */
final class LogMaintenance {

    /** Bounds what is scanned and written again when the log is opened after a crash. */
    static final long CHECKPOINT_BYTES = 64L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(LogMaintenance.class);

    private final TopicLog log;
    private final StoreShared store;
    private final Disk disk;
    private final LogState state;
    private final BackgroundSeal sealing;
    private final UnfinishedReset unfinished = new UnfinishedReset();
    private boolean rollDue;
    private boolean keepsRoom;

    /** @param sealNext queues {@link #continueSealing}; called on an engine thread */
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
     * Ends the active segment and begins the next. With {@link Durability#ALWAYS} it is sealed at
     * once, for it is forced already; else forcing it would hold up appends that nobody promised to
     * force, so that is done in the background and the segment keeps its name until then.
     *
     * @throws ShortageException it may be listed as sealed already; {@link #isRollDue} until tried
     *     again
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
     * Makes the active segment fit to be written to: cuts off what a truncation, or a torn write,
     * left behind its end.
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
     * From now on the active segment keeps room ahead for small appends; see
     * {@link ActiveSegment#keepRoom}.
     */
    void keepRoomAhead() throws IOException {
        keepsRoom = true;
        if (state.damage() == null && !store.hasFailed()) {
            try (FileCache.Lease lease = store.files().lease(state.active().segment())) {
                keepRoom(lease.file());
                lease.file().force();
            } catch (ShortageException e) {
                store.space().found(e); // The next append does it.
            }
        }
    }

    /** After a write to the active segment, whose file this is. */
    void keepRoom(DiskFile active) throws IOException {
        if (keepsRoom) {
            state.active().keepRoom(active);
        }
    }

    /** Rolling found no room: nothing may be appended to the active segment any more. */
    boolean isRollDue() {
        return rollDue;
    }

    /** The active segment is another one, and empty. */
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

    /** {@code old} is forced; afterwards it is sealed and the checkpoint says so. */
    private void seal(ActiveSegment old, Checkpoint checkpoint) throws IOException {
        Segment segment = old.segment();
        if (!segment.isSealed()) { // else its new name only is not forced yet, for a shortage
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
            // Since then the high watermark may have been reset to a lower one, and the log
            // trimmed.
            seal(
                    full.segment(),
                    full.checkpoint().with(state.logStartOffset(), state.highWatermark()));
            sealing.sealed(full);
            flushedTo(full.segment().summary().endOffset());
        }
    }

    /**
     * Seals the full segment that was forced in the background, if one was, and begins with the
     * next.
     */
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

    /** All below is forced. */
    void flushedTo(long end) {
        if (end > state.flushedEnd()) {
            state.flushed(end);
            store.listener().flushed(log, end);
        }
    }

    void checkpointIfDue() throws IOException {
        if (state.bytesSinceCheckpoint() >= CHECKPOINT_BYTES
                && state.flushedEnd() == state.writtenEnd()) {
            checkpointIfRoom();
        }
    }

    /** A checkpoint can wait for room or a file handle; the log is as it was. */
    void checkpointIfRoom() throws IOException {
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
     * Makes durable what is known now. On a full disk only the high watermark, in the checkpoint
     * that is there.
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

    /** Afterwards opening the log has nothing to scan. */
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

    /** What is known now; true once all that was written is forced. */
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
     * Makes {@code newStart} the first offset that is served and deletes the segments below it.
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
        // Durable before anything is deleted, so that a gap at the start explains itself.
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
            Checkpoint.raiseStart(disk, state.directory(), newStart); // Trimming makes room.
        }
        SegmentList all = state.segments();
        int gone = countBelow(all, newStart);
        state.trimmed(newStart, gone);
        for (int i = 0; i < gone; i++) {
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
     * Forces, checkpoints, cuts the zeros, and lets go of the files. Without room opening scans
     * more.
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
                if (!keepsRoom) { // Else it is wanted again, maybe on a full disk.
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
