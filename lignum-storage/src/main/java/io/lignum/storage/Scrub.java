package io.lignum.storage;

import io.lignum.storage.env.DiskFile;
import io.lignum.storage.internal.segment.BatchScan;
import io.lignum.storage.internal.segment.BatchWindow;
import io.lignum.storage.internal.segment.MissingSegmentException;
import io.lignum.storage.internal.segment.Segment;
import io.lignum.storage.internal.segment.SegmentList;
import io.lignum.storage.internal.segment.SegmentNames;
import io.lignum.storage.internal.segment.SegmentScan;
import io.lignum.storage.internal.segment.SegmentSummary;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads segments of a log and compares them with the summaries made when they were sealed. Opens
 * files of its own and uses no index.
 *
 * <p>Any thread; one at a time for each object.
 */
final class Scrub {

    private final StoreShared store;
    private final LogState state;
    private final BatchWindow window;
    private long bytes;

    Scrub(StoreShared store, LogState state) {
        this.store = store;
        this.state = state;
        window = new BatchWindow(store.maxReadBatchBytes());
    }

    /**
     * Reads every sealed segment.
     *
     * @throws StorageException.Closed the topic was closed or deleted
     */
    ScrubReport run() {
        List<String> problems = new ArrayList<>();
        List<Segment> sealed = state.segments().sealed();
        for (Segment segment : sealed) {
            Optional<String> problem;
            try {
                problem = problemOf(segment);
            } catch (IOException e) {
                problem = Optional.of(segment.path() + " cannot be read: " + e);
            }
            refuseIfClosed(); // A closed or deleted log has no files.
            if (isThere(segment)) { // Else retention or a truncation removed it.
                problem.ifPresent(problems::add);
            }
        }
        return new ScrubReport(sealed.size(), bytes, List.copyOf(problems));
    }

    /**
     * Reads a segment again that a reader found damaged. Returns the damage; empty if the segment
     * is sound now, or if it is no part of the log any more.
     *
     * @throws StorageException.Closed the topic was closed or deleted
     * @throws IOException it cannot be read now, which proves nothing
     */
    Optional<StorageException.CorruptLog> confirm(StorageException.CorruptLog suspected)
            throws IOException {
        OptionalLong base = SegmentNames.baseOffset(Path.of(suspected.file()));
        if (base.isEmpty()) {
            return Optional.of(suspected);
        }
        while (true) {
            refuseIfClosed();
            int cuts = state.cuts();
            SegmentList all = state.segments();
            int at = all.indexOf(base.getAsLong());
            if (at < 0 || all.get(at).baseOffset() != base.getAsLong()) {
                return Optional.empty();
            }
            Segment segment = all.get(at);
            Optional<StorageException.CorruptLog> found = gapAt(all, at);
            if (found.isEmpty()) {
                found = problemOf(segment)
                        .map(problem ->
                                new StorageException.CorruptLog(segment.path(), 0, problem));
            }
            refuseIfClosed();
            if (found.isEmpty() || (cuts == state.cuts() && isThere(segment))) {
                return found;
            }
        }
    }

    private void refuseIfClosed() {
        StorageException unreadable = state.unreadable();
        if (unreadable != null) {
            throw unreadable;
        }
    }

    private boolean isThere(Segment segment) {
        SegmentList all = state.segments();
        int at = all.indexOf(segment.baseOffset());
        return at >= 0 && all.get(at) == segment;
    }

    private Optional<StorageException.CorruptLog> gapAt(SegmentList all, int at) {
        Segment segment = all.get(at);
        if (at == 0 && segment.baseOffset() > state.logStartOffset()) {
            return Optional.of(new StorageException.CorruptLog(
                    segment.path(), 0, "records before this are missing"));
        }
        if (at + 1 < all.size() && all.get(at + 1).baseOffset() != segment.endOffset()) {
            return Optional.of(new StorageException.CorruptLog(
                    segment.path(), segment.sizeInBytes(), "records behind this are missing"));
        }
        return Optional.empty();
    }

    /**
     * A sentence about the segment if its file is not as it should be; an active one is read up to
     * its present end.
     */
    private Optional<String> problemOf(Segment segment) throws IOException {
        boolean sealed = segment.isSealed();
        SegmentSummary noted = segment.sealedAs();
        long published = segment.sizeInBytes();
        SegmentSummary found = new SegmentSummary(segment.baseOffset());
        try (DiskFile file = store.files().openAgain(segment)) {
            long size = sealed ? file.size() : published;
            SegmentScan scan = new SegmentScan(
                    new BatchScan(window, file, size, found, 0), found, SegmentScan.Observer.NONE);
            scan.toEnd();
            bytes += size;
            if (found.sizeInBytes() != size) {
                return Optional.of(segment.path() + " is damaged at byte " + found.sizeInBytes()
                        + ": " + scan.batches().status());
            }
        } catch (MissingSegmentException e) {
            return Optional.of(segment.path() + " is missing");
        }
        return !sealed || found.equals(noted)
                ? Optional.empty()
                : Optional.of(segment.path() + " is not what was sealed: " + found + ", sealed was "
                        + noted);
    }
}
