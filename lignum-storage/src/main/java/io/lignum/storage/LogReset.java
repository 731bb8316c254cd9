package io.lignum.storage;

import io.lignum.storage.env.Disk;
import io.lignum.storage.env.ShortageException;
import io.lignum.storage.internal.segment.Checkpoint;
import io.lignum.storage.internal.segment.ProducerStates;
import io.lignum.storage.internal.segment.Segment;
import io.lignum.storage.internal.segment.SegmentList;
import io.lignum.storage.internal.segment.UncertainChangeException;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Takes records off the end of a log, or all of them; see {@link Truncation} and {@link Restart}.
 *
 * <p>A shortage of space or file handles before the log has changed refuses the call. A later one
 * leaves a change that is not durable: the call ends with outcome UNKNOWN, and
 * {@link UnfinishedReset} completes the change before anything is appended, forced or reported as
 * durable.
 *
 * <p>Run by the log's writer only, between rounds.
 */
final class LogReset {

    private final TopicLog log;
    private final StoreShared store;
    private final Disk disk;
    private final LogState state;
    private final LogMaintenance maintenance;
    private final LogWriter writer;
    private final Truncation truncation;

    LogReset(
            TopicLog log,
            StoreShared store,
            LogMaintenance maintenance,
            LogWriter writer,
            Truncation truncation) {
        this.log = log;
        this.store = store;
        this.maintenance = maintenance;
        this.writer = writer;
        this.truncation = truncation;
        state = log.state();
        disk = store.disk();
    }

    /** Cuts everything at and above {@code toOffset}; see {@link Truncation}. */
    TruncateResult truncate(long toOffset) throws IOException {
        maintenance.repairTail();
        maintenance.flush();
        long end = state.writtenEnd();
        if (toOffset >= end) {
            return new TruncateResult(end, 0, Optional.empty());
        }
        if (toOffset < state.logStartOffset()) {
            throw new StorageException.OffsetOutOfRange(
                    log.name(), toOffset, state.logStartOffset(), end);
        }
        Truncation.Cut cut = truncation.prepare(log.name(), toOffset);
        cut(cut, cut.kept().endOffset());
        maintenance.checkpointIfSpace();
        return cut.result();
    }

    /**
     * Applies a cut.
     *
     * @param kept repeats of batches below this offset are acknowledged
     */
    private void cut(Truncation.Cut cut, long kept) throws IOException {
        long end = state.writtenEnd();
        lowerCheckpoint(cut);
        // A listed segment counts as durable, so the list comes first.
        state.manifest().forgetFrom(cut.target().baseOffset());
        truncation.apply(cut);
        refuseQueued(end, cut.kept().endOffset(), kept);
        maintenance.unfinished().finish(() -> truncation.finish(cut));
    }

    /** Fails queued appends: they were placed behind an end that does not exist any more. */
    private void refuseQueued(long end, long endNow, long kept) {
        writer.refuseQueued(
                kept, end, new StorageException.EndOffsetMismatch(log.name(), end, endNow));
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
     * Empties the log and lets it go on at {@code offset}; see {@link Restart}. For an offset below
     * the end the log is truncated to it first: a crash in between leaves a prefix of the log, and
     * never an empty log that starts at its former end.
     */
    void startAt(long offset, ProducerStates producers) throws IOException {
        maintenance.repairTail();
        maintenance.flush();
        long end = state.writtenEnd();
        long committed = state.highWatermark().orElse(0);
        if (offset < end && offset < committed) {
            throw new StorageException.BelowHighWatermark(log.name(), offset, committed);
        }
        truncation.saveFrom(Math.max(state.logStartOffset(), committed));
        if (offset < end) {
            cut(truncation.find(offset), 0);
        }
        SegmentList old = state.segments();
        try {
            new Restart(store, state).run(offset, producers);
        } catch (ShortageException e) {
            if (offset < end) {
                throw new UncertainChangeException(
                        "a log was cut, and starts elsewhere not yet", e);
            }
            throw e;
        }
        maintenance.noRollDue();
        refuseQueued(end, offset, 0);
        maintenance.unfinished().finish(() -> removeAllBut(old));
        store.listener().flushed(log, offset);
    }

    /** Deletes the old segments, after it is durable that the log starts elsewhere. */
    private void removeAllBut(SegmentList old) throws IOException {
        disk.forceDirectory(state.directory());
        Segment active = state.active().segment();
        for (Segment segment : old.without(active)) {
            store.remover().delete(segment);
        }
        state.manifest().forgetBelow(active.baseOffset());
    }
}
