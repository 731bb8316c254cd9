package io.lignum.storage.internal.segment;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;

/**
 * Describes one file of a log: an active segment, which the log's writer appends to, or a sealed
 * one, which never changes.
 *
 * <p>The log's writer changes it; any thread reads it. Readers look only below the log's readable
 * end, which is published after everything here that lies below it.
 */
public final class Segment {

    private final long baseOffset;
    private final Path directory;
    private volatile boolean sealed;
    private volatile long endOffset;
    private volatile long sizeInBytes;
    private volatile long maxTimestamp;
    private volatile SegmentSummary published;
    private volatile @Nullable OffsetIndex index;
    private volatile boolean removed;
    private final Object indexBuild = new Object();

    private Segment(Path directory, long baseOffset, SegmentSummary summary, boolean sealed) {
        this.directory = directory;
        this.baseOffset = baseOffset;
        this.sealed = sealed;
        published = summary;
        publish(summary);
    }

    public static Segment active(
            Path directory, long baseOffset, SegmentSummary summary, OffsetIndex index) {
        Segment segment = new Segment(directory, baseOffset, summary, false);
        segment.index = index;
        return segment;
    }

    public static Segment sealed(Path directory, long baseOffset, SegmentSummary summary) {
        return new Segment(directory, baseOffset, summary, true);
    }

    public void publish(SegmentSummary summary) {
        maxTimestamp = summary.maxTimestamp();
        endOffset = summary.endOffset();
        sizeInBytes = summary.sizeInBytes();
        published = summary;
    }

    public void markSealed() {
        sealed = true;
    }

    /** What a sealed segment held when it was sealed. */
    public SegmentSummary sealedAs() {
        return published;
    }

    public long baseOffset() {
        return baseOffset;
    }

    /** Exclusive end of its offsets. */
    public long endOffset() {
        return endOffset;
    }

    /** Bytes of whole batches; the file of an active segment may be longer. */
    public long sizeInBytes() {
        return sizeInBytes;
    }

    /** Largest timestamp of its records; -1 when empty. */
    public long maxTimestamp() {
        return maxTimestamp;
    }

    public boolean isSealed() {
        return sealed;
    }

    public Path path() {
        return sealed ? sealedPath() : activePath();
    }

    public Path activePath() {
        return directory.resolve(SegmentNames.of(baseOffset, SegmentNames.ACTIVE));
    }

    public Path sealedPath() {
        return directory.resolve(SegmentNames.of(baseOffset, SegmentNames.SEALED));
    }

    public Path indexPath() {
        return directory.resolve(SegmentNames.of(baseOffset, SegmentNames.INDEX));
    }

    /** The index if it is in memory, as it always is for an active segment. */
    @Nullable
    public OffsetIndex loadedIndex() {
        return index;
    }

    public void keepIndex(@Nullable OffsetIndex value) {
        index = value;
    }

    /** The lock that a thread holds while it builds the index. */
    Object indexBuild() {
        return indexBuild;
    }

    /** Marks the segment: its files are about to be deleted, renamed or released. */
    public void remove() {
        removed = true;
    }

    boolean isRemoved() {
        return removed;
    }
}
