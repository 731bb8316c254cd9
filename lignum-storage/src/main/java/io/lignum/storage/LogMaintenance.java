package io.lignum.storage;

import io.lignum.record.IoErrors;
import io.lignum.storage.env.Disk;
import io.lignum.storage.env.DiskFile;
import io.lignum.storage.env.DiskFullException;
import io.lignum.storage.env.OpenMode;
import io.lignum.storage.env.ShortageException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is done to a log beside appending: rolling to a new segment, checkpoints, trimming, closing. Run by
 * the log's writer only, between rounds.
 */
final class LogMaintenance {

    /** Bounds what is scanned and written again when the log is opened after a crash. */
    static final long CHECKPOINT_BYTES = 64L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(LogMaintenance.class);

    private final TopicLog log;
    private final StoreShared store;
    private final Disk disk;
    private final LogState state;
    private final AppendQueue queue;
    private final BackgroundSeal sealing;
    private boolean rollDue;
    private boolean keepsRoom;

    LogMaintenance(TopicLog log, StoreShared store, LogState state, AppendQueue queue) {
        this.log = log;
        this.store = store;
        this.state = state;
        this.queue = queue;
        disk = store.disk();
        sealing = new BackgroundSeal(log, store);
    }

    /**
     * Ends the active segment and begins the next. With {@link Durability#ALWAYS} it is sealed at once, for
     * it is forced already; else forcing it would hold up appends that nobody promised to force, so that is
     * done in the background and the segment keeps its name until then.
     *
     * @throws ShortageException it may be listed as sealed already; {@link #isRollDue} until tried again
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

    /** Cuts a torn write that found no room aside when the log was opened. */
    void repairTail() throws IOException {
        ActiveSegment active = state.active();
        if (active.isTorn()) {
            try (FileCache.Lease lease = store.files().lease(active.segment())) {
                active.cutTorn(disk, lease.file());
            }
        }
    }

    /** From now on the active segment keeps room ahead for small appends; see {@link ActiveSegment#keepRoom}. */
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

    /** Seals the full segment that was forced in the background, if one was, and begins with the next. */
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

    /** Makes durable what is known now. On a full disk only the high watermark, in the checkpoint that is there. */
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
        store.indexes().save(state.active().segment(), state.active().index());
        Checkpoint checkpoint = checkpointOf(state.active(), logStart);
        checkpoint.write(disk, state.directory());
        disk.forceDirectory(state.directory());
        state.checkpointed(checkpoint);
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

    /** Makes {@code newStart} the first offset that is served and deletes the segments below it. */
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
            writeCheckpoint(newStart);
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
            delete(all.get(i));
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

    /** Cuts everything at and above {@code toOffset}; see {@link Truncation}. */
    TruncateResult truncate(long toOffset, Path sideDirectory) throws IOException {
        repairTail();
        flush();
        long end = state.writtenEnd();
        if (toOffset >= end) {
            return new TruncateResult(end, 0, Optional.empty());
        }
        if (toOffset < state.logStartOffset()) {
            throw new StorageException.OffsetOutOfRange(
                    log.name(), toOffset, state.logStartOffset(), end);
        }
        Truncation truncation = new Truncation(store, state, sideDirectory);
        Truncation.Cut cut = truncation.prepare(log.name(), toOffset);
        cut(truncation, cut);
        refuseQueued(end, cut.kept().endOffset(), cut.kept().endOffset());
        checkpointIfRoom();
        return cut.result();
    }

    private void cut(Truncation truncation, Truncation.Cut cut) throws IOException {
        lowerCheckpoint(cut);
        try {
            truncation.apply(cut);
        } catch (ShortageException e) {
            throw new IOException("a truncation stopped half-way", e); // nothing to go back to
        }
    }

    /** What is queued was meant for an end that is not there any more. */
    private void refuseQueued(long end, long endNow, long kept) {
        List<Step> off = new ArrayList<>();
        queue.reset(state, off);
        log.refuse(off, kept, new StorageException.EndOffsetMismatch(log.name(), end, endNow));
    }

    private void lowerCheckpoint(Truncation.Cut cut) throws IOException {
        long end = cut.kept().endOffset();
        new Checkpoint(
                        Math.min(state.logStartOffset(), end),
                        atMost(end, state.highWatermark()),
                        cut.target().baseOffset(),
                        cut.kept().copy(),
                        state.active().firstAppendMillis(),
                        state.epochs().truncatedTo(end),
                        cut.producers())
                .write(disk, state.directory());
        disk.forceDirectory(state.directory());
    }

    private static OptionalLong atMost(long end, OptionalLong watermark) {
        return watermark.isPresent()
                ? OptionalLong.of(Math.min(end, watermark.getAsLong()))
                : watermark;
    }

    /**
     * Empties the log and lets it go on at {@code offset}; see {@link Restart}. Below the end it is cut down to there
     * first: a crash in between leaves a part of what it was, and never an empty log whose start is its former end.
     */
    void startAt(long offset, ProducerStates producers, Path sideDirectory) throws IOException {
        repairTail();
        flush();
        long end = state.writtenEnd();
        long committed = state.highWatermark().orElse(0);
        if (offset < end && offset < committed) {
            throw new StorageException.BelowHighWatermark(log.name(), offset, committed);
        }
        Truncation truncation = new Truncation(store, state, sideDirectory);
        truncation.saveFrom(Math.max(state.logStartOffset(), committed));
        if (offset < end) {
            cut(truncation, truncation.find(offset));
            refuseQueued(end, state.writtenEnd(), 0);
        }
        restart(offset, producers);
        rollDue = false;
        refuseQueued(end, offset, 0);
        store.listener().flushed(log, offset);
    }

    private void restart(long offset, ProducerStates producers) throws IOException {
        SegmentList old = state.segments();
        new Restart(store, state).run(offset, producers);
        for (Segment segment : old.without(state.active().segment())) {
            delete(segment);
        }
        state.manifest().forgetBelow(offset);
    }

    private void delete(Segment segment) throws IOException {
        store.indexes().forget(segment);
        store.files().retire(segment);
        disk.delete(segment.indexPath());
        disk.delete(segment.path());
    }

    /** Forces, checkpoints, cuts the zeros, and lets go of the files. Without room opening scans more. */
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
            store.indexes().forget(all.get(i));
            store.files().retire(all.get(i));
        }
    }
}
