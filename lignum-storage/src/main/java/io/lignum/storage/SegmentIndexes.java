package io.lignum.storage;

import io.lignum.storage.env.Disk;
import io.lignum.storage.env.DiskFile;
import io.lignum.storage.env.OpenMode;
import io.lignum.storage.env.SmallFile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Finds the index of a segment: in memory, else in its side file, else made anew from the segment. Keeps
 * the indexes of the sealed segments used last in memory.
 *
 * <p>Any thread; the lock guards the list of kept ones only.
 */
final class SegmentIndexes {

    private static final int KEPT = 64;

    private final StoreShared store;
    private final Map<Segment, Boolean> kept = new LinkedHashMap<>(16, 0.75f, true);

    SegmentIndexes(StoreShared store) {
        this.store = store;
    }

    OffsetIndex of(Segment segment) throws IOException {
        OffsetIndex index = segment.loadedIndex();
        if (index != null) {
            return index;
        }
        if (segment.sizeInBytes() <= OffsetIndex.INTERVAL_BYTES) {
            return new OffsetIndex(); // It would have no entry: nothing is saved for so little.
        }
        Optional<OffsetIndex> saved = read(store.disk(), segment);
        index = saved.isPresent() ? saved.get() : rebuild(segment);
        if (saved.isEmpty()) {
            save(store.disk(), segment, index);
        }
        keep(segment, index);
        return index;
    }

    private synchronized void keep(Segment segment, OffsetIndex index) {
        segment.keepIndex(index);
        kept.put(segment, Boolean.TRUE);
        if (kept.size() > KEPT) {
            Segment eldest = kept.keySet().iterator().next();
            kept.remove(eldest);
            eldest.keepIndex(null);
        }
    }

    synchronized void forget(Segment segment) {
        kept.remove(segment);
        segment.keepIndex(null);
    }

    private OffsetIndex rebuild(Segment segment) throws IOException {
        try (FileCache.Lease lease = store.files().lease(segment)) {
            BatchWindow window = new BatchWindow(store.maxReadBatchBytes());
            return scan(segment, lease.file(), segment.sizeInBytes(), window);
        }
    }

    private static OffsetIndex scan(Segment segment, DiskFile file, long end, BatchWindow window)
            throws IOException {
        OffsetIndex index = new OffsetIndex();
        BatchScan scan =
                new BatchScan(window, file, end, new SegmentSummary(segment.baseOffset()), 0);
        long position = 0;
        while (scan.next()) {
            index.add(
                    scan.batch().baseOffset(),
                    (int) position,
                    scan.batch().sizeInBytes(),
                    scan.batch().maxTimestamp());
            position = scan.position();
        }
        return index; // Damage ends it early: what lies behind is then looked for from its last
        // entry.
    }

    private static Optional<OffsetIndex> read(Disk disk, Segment segment) throws IOException {
        int bound = OffsetIndex.maxFileBytes(
                Math.max(segment.sizeInBytes(), OffsetIndex.INTERVAL_BYTES));
        try {
            Optional<ByteBuffer> bytes = SmallFile.readUpTo(disk, segment.indexPath(), bound);
            return bytes.flatMap(OffsetIndex::decode);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Saves an index. Not forced: a side file that does not survive is made anew. */
    static void save(Disk disk, Segment segment, OffsetIndex index) throws IOException {
        if (!index.isEmpty()) {
            SmallFile.replace(disk, segment.indexPath(), index.encode(), false);
        }
    }

    /** The index of an active segment, which is always in memory. */
    static OffsetIndex loaded(Segment active) {
        return Objects.requireNonNull(active.loadedIndex());
    }

    /** The index of an active segment up to its checkpoint, to be added to. */
    static OffsetIndex resume(
            Disk disk, Segment segment, SegmentSummary checkpointed, BatchWindow window)
            throws IOException {
        long bytes = checkpointed.sizeInBytes();
        OffsetIndex index = bytes <= OffsetIndex.INTERVAL_BYTES ? new OffsetIndex() : null;
        if (index == null) {
            Optional<OffsetIndex> saved = read(disk, segment);
            if (saved.isPresent()) {
                index = saved.get();
            } else {
                try (DiskFile file = disk.open(segment.activePath(), OpenMode.READ)) {
                    index = scan(segment, file, bytes, window);
                }
            }
        }
        index.resumeAt(bytes, checkpointed.maxTimestamp());
        return index;
    }
}
