package io.lignum.storage;

import io.lignum.storage.env.Disk;
import io.lignum.storage.env.DiskFile;
import io.lignum.storage.env.OpenMode;
import io.lignum.storage.env.ShortageException;
import io.lignum.storage.internal.segment.ActiveSegment;
import io.lignum.storage.internal.segment.BatchScan;
import io.lignum.storage.internal.segment.BatchWindow;
import io.lignum.storage.internal.segment.FileCache;
import io.lignum.storage.internal.segment.OffsetIndex;
import io.lignum.storage.internal.segment.ProducerStates;
import io.lignum.storage.internal.segment.Segment;
import io.lignum.storage.internal.segment.SegmentList;
import io.lignum.storage.internal.segment.SegmentScan;
import io.lignum.storage.internal.segment.SegmentSummary;
import io.lignum.storage.internal.segment.SideFiles;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Cuts a suffix off a log, as a follower does when its leader's log differs.
 *
 * <p>In this order, each step durable before the next:
 *
 * <ol>
 *   <li>The suffix is copied to {@code divergent/<topic id>/<epoch>-<from>-<to>} (R20).
 *   <li>The checkpoint is lowered to the cut.
 *   <li>The entries of segments at or above the cut are removed from the manifest.
 *   <li>Later segments are deleted; the segment of the cut becomes the active one.
 *   <li>That segment is cut.
 * </ol>
 *
 * <p>A crash in between leaves a log that opens as it was, or shorter, down to the cut. Steps 1 to
 * 3 can be refused by a shortage of space or file handles, with the log as it was; {@link #apply}
 * needs neither, and {@link #finish} can be repeated.
 *
 * <p>Run by the log's writer only.
 */
final class Truncation {

    static final String DIRECTORY = "divergent";

    private final StoreShared store;
    private final Disk disk;
    private final LogState state;
    private final Path sideDirectory;

    Truncation(StoreShared store, LogState state, Path sideDirectory) {
        this.store = store;
        this.state = state;
        this.sideDirectory = sideDirectory;
        disk = store.disk();
    }

    /** What stays of a log, and where the rest was saved. */
    record Cut(
            int at,
            Segment target,
            SegmentSummary kept,
            OffsetIndex index,
            ProducerStates producers,
            TruncateResult result) {}

    /**
     * Finds the cut and saves what is above it. The caller has forced everything that was written.
     *
     * @throws StorageException.BelowHighWatermark committed records would be cut; nothing was done
     */
    Cut prepare(String topic, long toOffset) throws IOException {
        Cut cut = find(toOffset);
        long from = cut.kept.endOffset();
        OptionalLong watermark = state.highWatermark();
        if (watermark.isPresent() && from < watermark.getAsLong()) {
            throw new StorageException.BelowHighWatermark(topic, from, watermark.getAsLong());
        }
        long end = state.writtenEnd();
        Path side = save(state.segments(), cut.at, cut.kept.sizeInBytes(), sideName(from, end));
        TruncateResult result = new TruncateResult(from, end - from, Optional.of(side));
        return new Cut(cut.at, cut.target, cut.kept, cut.index, cut.producers, result);
    }

    /**
     * Finds the cut, at or above the first segment's start, and saves nothing. The caller has
     * forced everything that was written.
     */
    Cut find(long toOffset) throws IOException {
        SegmentList all = state.segments();
        int at = Math.max(0, all.indexOf(toOffset));
        Segment target = all.get(at);
        SegmentSummary kept = new SegmentSummary(target.baseOffset());
        OffsetIndex index = scanUpTo(target, toOffset, kept);
        long from = kept.endOffset();
        ProducerStates producers = new ProducerRewind(store, state).to(kept, at);
        TruncateResult result =
                new TruncateResult(from, state.writtenEnd() - from, Optional.empty());
        return new Cut(at, target, kept, index, producers, result);
    }

    /**
     * Saves everything from an offset on, with the whole batch that holds it. The caller has forced
     * everything that was written.
     *
     * @return empty when there is nothing to save
     */
    Optional<Path> saveFrom(long offset) throws IOException {
        long end = state.writtenEnd();
        if (offset >= end) {
            return Optional.empty();
        }
        SegmentList all = state.segments();
        int at = Math.max(0, all.indexOf(offset));
        SegmentSummary below = new SegmentSummary(all.get(at).baseOffset());
        scanUpTo(all.get(at), offset, below);
        return Optional.of(save(all, at, below.sizeInBytes(), sideName(below.endOffset(), end)));
    }

    /**
     * Cuts the log for all readers; needs neither free space nor file handles. The checkpoint on
     * disk is at or below the cut, and no segment at or above it is listed as sealed. Durable after
     * {@link #finish}.
     */
    void apply(Cut cut) throws IOException {
        SegmentList all = state.segments();
        Segment active =
                Segment.active(state.directory(), cut.target.baseOffset(), cut.kept, cut.index);
        // Before the files change: a reader that finds a file missing or shorter looks again and
        // finds this.
        state.truncated(
                list(all, cut.at, active),
                new ActiveSegment(
                        active,
                        cut.kept,
                        cut.index,
                        cut.kept.sizeInBytes(),
                        store.clock().wallMillis()),
                cut.producers);
        for (int i = all.size() - 1; i > cut.at; i--) {
            store.remover().delete(all.get(i));
        }
        Segment target = cut.target;
        store.remover().retire(target);
        disk.delete(target.indexPath());
        if (target.isSealed()) {
            disk.rename(target.sealedPath(), target.activePath());
        }
    }

    /**
     * Makes the cut durable. Until then nothing may be appended. Can be called again after it
     * threw.
     */
    void finish(Cut cut) throws IOException {
        disk.forceDirectory(state.directory());
        try (DiskFile file = disk.open(cut.target.activePath(), OpenMode.UPDATE)) {
            file.truncate(cut.kept.sizeInBytes());
            file.force();
        }
        // A reader may have opened it under its old name, for reading only.
        store.files().retire(state.active().segment());
    }

    private String sideName(long from, long end) {
        return state.epochs().last() + "-" + from + "-" + end;
    }

    /** Adds whole batches below the cut. A batch that the cut falls into is removed as a whole. */
    private OffsetIndex scanUpTo(Segment target, long toOffset, SegmentSummary kept)
            throws IOException {
        OffsetIndex index = new OffsetIndex();
        try (FileCache.Lease lease = store.files().lease(target)) {
            BatchWindow window = new BatchWindow(store.maxReadBatchBytes());
            new SegmentScan(
                            new BatchScan(window, lease.file(), target.sizeInBytes(), kept, 0),
                            kept,
                            index)
                    .upTo(toOffset);
        }
        return index;
    }

    private Path save(SegmentList all, int first, long position, String name) throws IOException {
        Path path = SideFiles.choose(disk, sideDirectory, name);
        try {
            try (DiskFile side = disk.open(path, OpenMode.CREATE_NEW)) {
                copy(all, first, position, side);
            }
            SideFiles.forceBoth(disk, sideDirectory);
            Path root = state.directory().getParent();
            if (root != null) {
                disk.forceDirectory(root); // Holds the directory of all topics' cuts.
            }
            store.divergent().changed();
        } catch (ShortageException e) {
            // The attempt is repeated later, and each left-over would take space.
            disk.delete(path);
            throw e;
        }
        return path;
    }

    private void copy(SegmentList all, int first, long position, DiskFile side) throws IOException {
        long written = 0;
        for (int i = first; i < all.size(); i++) {
            long from = i == first ? position : 0;
            long to = all.get(i).sizeInBytes();
            try (FileCache.Lease lease = store.files().lease(all.get(i))) {
                SideFiles.copy(new SideFiles.ByteRange(lease.file(), from, to), side, written);
            }
            written += to - from;
        }
        side.force();
    }

    private static SegmentList list(SegmentList all, int at, Segment active) {
        List<Segment> rest = new ArrayList<>();
        for (int i = 0; i < at; i++) {
            rest.add(all.get(i));
        }
        rest.add(active);
        return SegmentList.of(rest);
    }
}
