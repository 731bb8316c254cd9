package io.lignum.storage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads the sealed segments of a log and holds them against what was noted when they were sealed. */
final class Scrub {

    private final StoreShared store;
    private final LogState state;
    private final List<String> problems = new ArrayList<>();
    private long bytes;

    Scrub(StoreShared store, LogState state) {
        this.store = store;
        this.state = state;
    }

    ScrubReport run() {
        BatchWindow window = new BatchWindow(store.maxReadBatchBytes());
        List<Segment> sealed = state.segments().sealed();
        for (Segment segment : sealed) {
            try {
                check(segment, window);
            } catch (IOException e) {
                if (segment.baseOffset()
                        >= state.segments().get(0).baseOffset()) { // else retention took it
                    problems.add(segment.path() + " cannot be read: " + e);
                }
            }
        }
        return new ScrubReport(sealed.size(), bytes, List.copyOf(problems));
    }

    private void check(Segment segment, BatchWindow window) throws IOException {
        SegmentSummary noted = segment.sealedAs();
        SegmentSummary found = new SegmentSummary(segment.baseOffset());
        try (FileCache.Lease lease = store.files().lease(segment)) {
            long size = lease.file().size();
            BatchScan scan = new BatchScan(window, lease.file(), size, found, 0);
            while (scan.next()) {
                found.add(scan.batch());
            }
            bytes += size;
            if (found.sizeInBytes() != size) {
                problems.add(segment.path() + " is damaged at byte " + scan.position() + ": "
                        + scan.status());
            } else if (!found.equals(noted)) {
                problems.add(segment.path() + " is not what was sealed: " + found + ", sealed was "
                        + noted);
            }
        }
    }
}
