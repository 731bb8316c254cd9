package io.lignum.storage;

import io.lignum.record.RecordCursor;

import java.io.IOException;
import java.util.OptionalLong;

/** Finds the first record at or after a point in time: the segment, the place in it, then the record. */
final class TimeLookup {

    private final StoreShared store;
    private final LogState state;

    TimeLookup(StoreShared store, LogState state) {
        this.store = store;
        this.state = state;
    }

    OptionalLong find(LogCursor cursor, long timestamp) throws IOException {
        SegmentList segments = state.segments();
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
        long from = Math.max(
                state.logStartOffset(),
                store.indexes().of(segment).offsetForTime(timestamp, segment.baseOffset()));
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
}
