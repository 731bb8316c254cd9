package io.lignum.storage;

import io.lignum.record.BatchStatus;
import io.lignum.record.RecordBatch;
import io.lignum.storage.env.ShortageException;
import io.lignum.storage.internal.segment.BatchWindow;
import io.lignum.storage.internal.segment.FileCache;
import io.lignum.storage.internal.segment.MissingSegmentException;
import io.lignum.storage.internal.segment.OffsetIndex;
import io.lignum.storage.internal.segment.Segment;
import io.lignum.storage.internal.segment.SegmentList;

import org.jspecify.annotations.Nullable;

import java.io.IOException;

/**
 * Reads a log batch by batch, without copies: a batch is a view into the buffer that the file was
 * read into. Takes no lock of the log, so appends, retention and other cursors are not held up.
 *
 * <p>Shows only what is readable: acknowledged by the topic's durability, and below its high
 * watermark. A {@link TopicLog#replicationCursor} goes on to the log end offset. Checks every
 * batch, and never returns a damaged one.
 *
 * <p>Any thread, one at a time. After an error the cursor can be used again.
 */
public final class LogCursor implements AutoCloseable {

    /** How far a cursor goes. */
    enum Shows {
        /** From the log start offset to the readable end. */
        READABLE,
        /** From the first stored offset to the log end offset, for replication. */
        WRITTEN
    }

    private final TopicLog log;
    private final StoreShared store;
    private final LogState state;
    private final BatchWindow window;
    private final Shows shows;
    private Segment segment;
    private long position;
    private long offsetAtPosition;
    private long nextOffset;
    private long wanted;
    private long stop = Long.MAX_VALUE;
    private int cuts;
    private boolean placed;
    private @Nullable OffsetIndex placedBy;
    private @Nullable OffsetIndex wrong;
    private boolean closed;

    private LogCursor(TopicLog log, StoreShared store, BatchWindow window, Shows shows) {
        this.log = log;
        this.store = store;
        this.window = window;
        this.shows = shows;
        state = log.state();
        segment = state.segments().last();
    }

    /**
     * Opens a cursor.
     *
     * @throws StorageException.OffsetOutOfRange the cursor does not show {@code offset}
     */
    static LogCursor open(TopicLog log, StoreShared store, long offset, Shows shows) {
        LogCursor cursor = new LogCursor(log, store, store.windows().take(), shows);
        boolean placed = false;
        try {
            cursor.seek(offset);
            placed = true;
            return cursor;
        } finally {
            if (!placed) {
                cursor.close();
            }
        }
    }

    /**
     * Moves to the batch that holds, or will hold, {@code offset}.
     *
     * @throws StorageException.OffsetOutOfRange below the log start offset or above the end of what
     *     this cursor shows
     */
    public void seek(long offset) {
        // Before the end: next() notices a truncation that comes after this line.
        cuts = state.cuts();
        long start = start();
        long end = end();
        if (offset < start || offset > end) {
            throw new StorageException.OffsetOutOfRange(log.name(), offset, start, end);
        }
        wanted = offset;
        nextOffset = offset;
        placed = false;
    }

    /**
     * Shows only batches that end at or below {@code endOffset} from now on; may be raised again.
     */
    public void stopAt(long endOffset) {
        stop = endOffset;
    }

    private long start() {
        return shows == Shows.WRITTEN ? log.firstStoredOffset() : state.logStartOffset();
    }

    private long end() {
        return shows == Shows.WRITTEN ? state.writtenEnd() : state.readableEnd();
    }

    /**
     * Moves to the next batch. The first one after {@link #seek} may begin below the offset asked
     * for.
     *
     * @return false at the end of what this cursor shows; later calls may find more
     * @throws StorageException.OffsetOutOfRange the records were trimmed meanwhile; for a
     *     replication cursor also: the log was truncated
     * @throws StorageException.CorruptLog the batch is damaged
     * @throws StorageException.Overloaded no file handle is free; the same call can succeed later
     * @throws StorageException.Closed the topic was closed or deleted
     */
    public boolean next() {
        if (closed) {
            throw new IllegalStateException("the cursor is closed");
        }
        StorageException unreadable = state.unreadable();
        if (unreadable != null) {
            throw unreadable;
        }
        int seen = state.cuts();
        refuseIfCut();
        long end = Math.min(end(), stop);
        if (nextOffset >= end) {
            return false;
        }
        try {
            boolean found = advance(end);
            refuseIfCut();
            return found;
        } catch (StorageException.CorruptLog e) {
            return again(seen, e);
        } catch (MissingSegmentException e) {
            return again(seen, missing(e));
        } catch (ShortageException e) {
            throw store.space().refusal(e);
        } catch (IOException e) {
            throw new StorageException.DiskFailed(
                    "reading topic " + log.name(), e, Outcome.NOT_APPLIED);
        }
    }

    private boolean advance(long end) throws IOException {
        if (!placed || cuts != state.cuts()) {
            place();
        }
        do {
            if (!load(end)) {
                return false;
            }
            placedBy = null;
            position += batch().sizeInBytes();
            nextOffset = batch().nextOffset();
            offsetAtPosition = nextOffset;
        } while (nextOffset <= wanted);
        return true;
    }

    /**
     * Decides on apparent damage: a truncation in progress, or a wrong index, looks the same. Then
     * reads again.
     */
    private boolean again(int cutsSeen, StorageException damage) {
        if (cutsSeen == state.cuts() && placedBy != null) {
            wrong = placedBy;
            placed = false;
            return next();
        }
        if (cutsSeen == state.cuts()) {
            if (damage instanceof StorageException.CorruptLog corrupt) {
                store.tell(listener -> listener.damaged(log, corrupt));
            }
            throw damage;
        }
        return next();
    }

    /** The batch that {@link #next} moved to. Valid until the next call. */
    public RecordBatch batch() {
        return window.batch();
    }

    /** Offset after the batch that {@link #next} moved to. */
    public long nextOffset() {
        return nextOffset;
    }

    /** Finds segment and position of {@code nextOffset}. */
    private void place() throws IOException {
        refuseIfCut();
        placed = false;
        cuts = state.cuts();
        SegmentList segments = state.segments();
        int at = segments.indexOf(nextOffset);
        if (nextOffset < start()) {
            throw outOfRange();
        }
        if (at < 0) {
            throw new StorageException.CorruptLog(
                    segments.get(0).path(), 0, "records before this are missing");
        }
        wanted = nextOffset;
        enter(segments.get(at));
        if (nextOffset != segment.baseOffset()) {
            place(index());
        }
        placed = true;
    }

    private OffsetIndex index() throws IOException {
        OffsetIndex before = wrong;
        wrong = null;
        if (before != null) {
            return store.indexes().rebuild(segment, before);
        }
        OffsetIndex index = store.indexes().of(segment);
        placedBy = index;
        return index;
    }

    private void place(OffsetIndex index) {
        OffsetIndex.Place place = index.placeFor(nextOffset, segment.baseOffset());
        position = place.position();
        offsetAtPosition = place.offset();
    }

    private void enter(Segment next) {
        segment = next;
        placedBy = null;
        position = 0;
        offsetAtPosition = next.baseOffset();
        window.clear();
    }

    private boolean load(long end) throws IOException {
        while (position >= segment.sizeInBytes()) {
            SegmentList segments = state.segments();
            int at = segments.indexOf(segment.baseOffset());
            if (at < 0 || segments.get(at) != segment) {
                // The segment was trimmed or replaced, and the log may begin with the next one.
                place();
                continue;
            }
            if (at + 1 == segments.size()) {
                return false;
            }
            if (segments.get(at + 1).baseOffset() != segment.endOffset()) {
                throw new StorageException.CorruptLog(
                        segment.path(), position, "records behind this are missing");
            }
            enter(segments.get(at + 1));
        }
        BatchStatus status = window.holds(position) ? window.loaded(position) : read();
        if (status != BatchStatus.VALID) {
            throw new StorageException.CorruptLog(
                    segment.path(), position, "a batch is damaged (" + status + ")");
        }
        if (batch().baseOffset() != offsetAtPosition) { // The CRC does not cover the base offset.
            throw new StorageException.CorruptLog(
                    segment.path(),
                    position,
                    "a batch says offset " + batch().baseOffset() + " where " + offsetAtPosition
                            + " stands");
        }
        return batch().nextOffset() <= end;
    }

    private BatchStatus read() throws IOException {
        try (FileCache.Lease lease = store.files().lease(segment)) {
            return window.load(lease.file(), position, segment.sizeInBytes());
        }
    }

    private StorageException missing(MissingSegmentException e) {
        StorageException unreadable = state.unreadable();
        if (unreadable != null) {
            return unreadable;
        }
        if (nextOffset < start()) {
            return outOfRange();
        }
        return new StorageException.CorruptLog(
                segment.path(), position, "the segment's file is missing: " + e);
    }

    private StorageException outOfRange() {
        return new StorageException.OffsetOutOfRange(log.name(), nextOffset, start(), end());
    }

    /**
     * Committed records are never cut, so only a replication cursor can have shown what was cut.
     */
    private void refuseIfCut() {
        if (shows == Shows.WRITTEN && cuts != state.cuts()) {
            throw StorageException.OffsetOutOfRange.afterCut(
                    log.name(), nextOffset, start(), end());
        }
    }

    /** Returns the buffer to the pool. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            store.windows().giveBack(window);
        }
    }
}
