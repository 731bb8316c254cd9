package io.lignum.storage;

import io.lignum.record.RecordCursor;
import io.lignum.storage.env.ShortageException;
import io.lignum.storage.internal.segment.MissingSegmentException;
import io.lignum.storage.internal.segment.Segment;
import io.lignum.storage.internal.segment.SegmentList;

import java.io.IOException;
import java.util.OptionalLong;

/**
 * Finds the first record at or after a point in time: first the segment, then the place in it, then
 * the record. Any thread; used once.
 */
final class TimeLookup {

    private final TopicLog log;
    private final StoreShared store;
    private final LogState state;

    TimeLookup(TopicLog log, StoreShared store, LogState state) {
        this.log = log;
        this.store = store;
        this.state = state;
    }

    /** The offset of that record; empty if no record is that new. */
    OptionalLong find(long timestamp) {
        try {
            return findAgain(timestamp);
        } catch (ShortageException e) {
            throw store.space().refusal(e);
        } catch (IOException e) {
            throw new StorageException.DiskFailed(
                    "reading topic " + log.name(), e, Outcome.NOT_APPLIED);
        }
    }

    /** Looks again when the log was trimmed or truncated meanwhile. */
    private OptionalLong findAgain(long timestamp) throws IOException {
        while (true) {
            SegmentList segments = state.segments();
            long start = state.logStartOffset();
            try (LogCursor cursor = log.cursor(Math.min(start, state.readableEnd()))) {
                return find(cursor, segments, timestamp);
            } catch (StorageException.OffsetOutOfRange e) {
                if (segments == state.segments() && start == state.logStartOffset()) {
                    throw e;
                }
            }
        }
    }

    private OptionalLong find(LogCursor cursor, SegmentList segments, long timestamp)
            throws IOException {
        for (int i = 0; i < segments.size(); i++) {
            Segment segment = segments.get(i);
            if (segment.maxTimestamp() >= timestamp
                    && segment.endOffset() > state.logStartOffset()) {
                OptionalLong found = findIn(segment, cursor, timestamp);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return OptionalLong.empty();
    }

    private OptionalLong findIn(Segment segment, LogCursor cursor, long timestamp)
            throws IOException {
        long from = Math.max(state.logStartOffset(), firstCandidate(segment, timestamp));
        if (from > state.readableEnd()) {
            return OptionalLong.empty();
        }
        cursor.seek(from);
        while (cursor.next()) {
            if (cursor.batch().baseOffset() >= segment.endOffset()) {
                return OptionalLong.empty();
            }
            if (cursor.batch().maxTimestamp() >= timestamp) {
                RecordCursor records = cursor.batch().records();
                while (records.next()) {
                    if (records.timestamp() >= timestamp && records.offset() >= from) {
                        return OptionalLong.of(records.offset());
                    }
                }
            }
        }
        return OptionalLong.empty();
    }

    /** When the file is missing, the cursor finds the reason: trimmed, closed or damaged. */
    private long firstCandidate(Segment segment, long timestamp) throws IOException {
        try {
            return store.indexes().of(segment).offsetForTime(timestamp, segment.baseOffset());
        } catch (MissingSegmentException e) {
            return segment.baseOffset();
        }
    }
}
