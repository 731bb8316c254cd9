package io.lignum.storage.internal.segment;

import io.lignum.storage.env.Disk;
import io.lignum.storage.env.DiskFile;
import io.lignum.storage.env.OpenMode;
import io.lignum.storage.env.SmallFile;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Finds the index of a segment: in memory, else in its side file, else by a scan of the segment.
 * Keeps the most recently used indexes of sealed segments in memory.
 *
 * <p>An index is derived data. A side file that is missing, damaged, incomplete or wrong is
 * replaced, and one that cannot be written is left out. Neither fails a read or stops a log; only
 * an unreadable segment does.
 *
 * <p>Any thread. One thread at a time builds the index of a segment, under
 * {@link Segment#indexBuild()}, and others wait for it. The segment's monitor is held while its
 * side file is written, so that {@link #forget} returns after the last write. This object's monitor
 * guards the map of indexes in memory only.
 */
public final class SegmentIndexes {

    private static final Logger LOG = LoggerFactory.getLogger(SegmentIndexes.class);

    private static final int KEPT = 64;

    private final Disk disk;
    private final FileCache files;
    private final int maxBatchBytes;
    private final AtomicLong saves = new AtomicLong();
    private final Map<Segment, Boolean> kept = new LinkedHashMap<>(16, 0.75f, true);

    public SegmentIndexes(Disk disk, FileCache files, int maxBatchBytes) {
        this.disk = disk;
        this.files = files;
        this.maxBatchBytes = maxBatchBytes;
    }

    public OffsetIndex of(Segment segment) throws IOException {
        OffsetIndex index = segment.loadedIndex();
        if (index != null) {
            return index;
        }
        if (segment.sizeInBytes() <= OffsetIndex.INTERVAL_BYTES) {
            return new OffsetIndex(); // So small a segment has no entry, and no side file.
        }
        synchronized (segment.indexBuild()) {
            index = segment.loadedIndex();
            return index != null ? index : load(segment);
        }
    }

    private OffsetIndex load(Segment segment) throws IOException {
        OffsetIndex index = read(disk, segment)
                .filter(saved -> saved.endsBefore(segment.sizeInBytes()))
                .orElseGet(OffsetIndex::new);
        if (complete(segment, index)) {
            save(segment, index);
        }
        keep(segment, index);
        return index;
    }

    /**
     * Builds an index again that led to a wrong place. For an active segment, whose index is still
     * growing, returns an empty one.
     */
    public OffsetIndex rebuild(Segment segment, OffsetIndex wrong) throws IOException {
        synchronized (segment.indexBuild()) {
            OffsetIndex loaded = segment.loadedIndex();
            if (loaded != null && loaded != wrong) {
                return loaded; // Another thread has built it.
            }
            OffsetIndex index = new OffsetIndex();
            if (segment.isSealed() && !wrong.isEmpty()) {
                LOG.warn("the index of {} does not fit it and is built again", segment.path());
                complete(segment, index);
                save(segment, index);
                keep(segment, index);
            }
            return index;
        }
    }

    /** Keeps the index of a segment that was active until now. */
    public void sealed(Segment segment, OffsetIndex index) {
        keep(segment, index);
    }

    private synchronized void keep(Segment segment, OffsetIndex index) {
        if (segment.isRemoved()) {
            return;
        }
        segment.keepIndex(index);
        kept.put(segment, Boolean.TRUE);
        if (kept.size() > KEPT) {
            Segment eldest = kept.keySet().iterator().next();
            kept.remove(eldest);
            eldest.keepIndex(null);
        }
    }

    /**
     * Forgets a segment before its files are deleted or renamed; nothing is saved for it from then
     * on.
     */
    public void forget(Segment segment) {
        synchronized (segment) {
            segment.remove();
        }
        synchronized (this) {
            kept.remove(segment);
            segment.keepIndex(null);
        }
    }

    /**
     * Adds what stands behind the last entry; for an empty index, everything. True if entries were
     * added.
     */
    private boolean complete(Segment segment, OffsetIndex index) throws IOException {
        if (segment.sizeInBytes() - index.lastPosition() <= OffsetIndex.INTERVAL_BYTES) {
            return false;
        }
        int before = index.size();
        try (FileCache.Lease lease = files.lease(segment)) {
            BatchWindow window = new BatchWindow(maxBatchBytes);
            scan(segment, lease.file(), segment.sizeInBytes(), window, index);
        }
        return index.size() > before;
    }

    /** Stops at damage; a reader then searches from the last entry. */
    private static void scan(
            Segment segment, DiskFile file, long end, BatchWindow window, OffsetIndex index)
            throws IOException {
        OffsetIndex.Place last = index.resumeAtLastEntry(segment.baseOffset());
        SegmentSummary from = new SegmentSummary(last.offset(), last.position(), -1, 0, 0);
        new SegmentScan(new BatchScan(window, file, end, from, 0), from, index).toEnd();
    }

    private static Optional<OffsetIndex> read(Disk disk, Segment segment) {
        int bound = OffsetIndex.maxFileBytes(
                Math.max(segment.sizeInBytes(), OffsetIndex.INTERVAL_BYTES));
        try {
            Optional<ByteBuffer> bytes = SmallFile.readUpTo(disk, segment.indexPath(), bound);
            return bytes.flatMap(OffsetIndex::decode);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            LOG.warn("{} cannot be read and is built again: {}", segment.indexPath(), e.toString());
            return Optional.empty();
        }
    }

    /** Saves an index if possible. Not forced: an index that does not survive is built again. */
    public void save(Segment segment, OffsetIndex index) {
        if (index.isEmpty()) {
            return;
        }
        synchronized (segment) {
            if (segment.isRemoved()) {
                return;
            }
            try {
                SmallFile.replace(
                        disk, segment.indexPath(), saves.incrementAndGet(), index.encode());
            } catch (IOException e) {
                LOG.warn(
                        "{} is not saved, and built again when it is needed: {}",
                        segment.indexPath(),
                        e.toString());
            }
        }
    }

    /** The index of an active segment, which is always in memory. */
    public static OffsetIndex loaded(Segment active) {
        return Objects.requireNonNull(active.loadedIndex());
    }

    /** The index of an active segment up to its checkpoint, ready for further batches. */
    public static OffsetIndex resume(
            Disk disk, Segment segment, SegmentSummary checkpointed, BatchWindow window)
            throws IOException {
        long bytes = checkpointed.sizeInBytes();
        OffsetIndex index = bytes <= OffsetIndex.INTERVAL_BYTES ? new OffsetIndex() : null;
        if (index == null) {
            Optional<OffsetIndex> saved = read(disk, segment);
            if (saved.isPresent()) {
                index = saved.get();
            } else {
                index = new OffsetIndex();
                try (DiskFile file = disk.open(segment.activePath(), OpenMode.READ)) {
                    scan(segment, file, bytes, window, index);
                }
            }
        }
        index.resumeAt(bytes, checkpointed.maxTimestamp());
        return index;
    }
}
