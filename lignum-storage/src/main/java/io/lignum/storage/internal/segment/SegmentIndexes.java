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
 * Finds the index of a segment: in memory, else in its side file, else built from the segment.
 * Keeps the indexes of the sealed segments used last in memory.
 *
 * <p>An index is derived. A side file that is missing, damaged, incomplete or wrong is replaced,
 * and one that cannot be written is done without: neither fails a read or stops a log. Only the
 * segment itself can.
 *
 * <p>Any thread. One thread at a time builds the index of a segment, under
 * {@link Segment#indexBuild()}; the others wait for it. The segment's own monitor is held while its
 * side file is written, so that {@link #forget} returns after the last write. This object's monitor
 * guards the map of kept indexes only.
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
            return new OffsetIndex(); // It would have no entry: nothing is saved for so little.
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
     * Builds an index again that led to no batch. Of an active segment, whose index is being added
     * to, answers an empty one.
     */
    public OffsetIndex rebuild(Segment segment, OffsetIndex wrong) throws IOException {
        synchronized (segment.indexBuild()) {
            OffsetIndex loaded = segment.loadedIndex();
            if (loaded != null && loaded != wrong) {
                return loaded; // Another thread has done so.
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

    /** Takes over the index of a segment that was active until now. */
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
     * Called before the segment's files are deleted or renamed: nothing is saved for it from now
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
     * Adds what lies behind the last entry, which is all for an empty index. True if there were
     * entries to add.
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

    /** Damage ends it early: what lies behind is then looked for from the last entry. */
    private static void scan(
            Segment segment, DiskFile file, long end, BatchWindow window, OffsetIndex index)
            throws IOException {
        OffsetIndex.Place last = index.resumeAtLastEntry(segment.baseOffset());
        SegmentSummary from = new SegmentSummary(last.offset(), last.position(), -1, 0, 0);
        new SegmentScan(window, file, end, from, index, 0).toEnd();
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

    /**
     * Saves an index if that can be done. Not forced: a side file that does not survive is built
     * again.
     */
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

    /** The index of an active segment up to its checkpoint, to be added to. */
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
