package io.lignum.storage;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;

/**
 * One file of a topic's log: active, and appended to by the log's writer, or sealed and immutable.
 *
 * <p>The writer changes it, any thread reads it. Readers never look above the log's readable end,
 * which is published after everything here that lies below it.
 */
final class Segment {

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

    static Segment active(
            Path directory, long baseOffset, SegmentSummary summary, OffsetIndex index) {
        Segment segment = new Segment(directory, baseOffset, summary, false);
        segment.index = index;
        return segment;
    }

    static Segment sealed(Path directory, long baseOffset, SegmentSummary summary) {
        return new Segment(directory, baseOffset, summary, true);
    }

    void publish(SegmentSummary summary) {
        maxTimestamp = summary.maxTimestamp();
        endOffset = summary.endOffset();
        sizeInBytes = summary.sizeInBytes();
        published = summary;
    }

    void markSealed() {
        sealed = true;
    }

    /** What a sealed segment held when it was sealed. */
    SegmentSummary sealedAs() {
        return published;
    }

    long baseOffset() {
        return baseOffset;
    }

    /** Exclusive. */
    long endOffset() {
        return endOffset;
    }

    /** Bytes of whole batches; the file of an active segment may be longer. */
    long sizeInBytes() {
        return sizeInBytes;
    }

    /** Largest timestamp of its records; -1 when empty. */
    long maxTimestamp() {
        return maxTimestamp;
    }

    boolean isSealed() {
        return sealed;
    }

    Path path() {
        return sealed ? sealedPath() : activePath();
    }

    Path activePath() {
        return directory.resolve(SegmentNames.of(baseOffset, SegmentNames.ACTIVE));
    }

    Path sealedPath() {
        return directory.resolve(SegmentNames.of(baseOffset, SegmentNames.SEALED));
    }

    Path indexPath() {
        return directory.resolve(SegmentNames.of(baseOffset, SegmentNames.INDEX));
    }

    /** The index if it is in memory; an active segment's always is. */
    @Nullable
    OffsetIndex loadedIndex() {
        return index;
    }

    void keepIndex(@Nullable OffsetIndex value) {
        index = value;
    }

    /** The lock of the one thread that builds the index. */
    Object indexBuild() {
        return indexBuild;
    }

    /** Its files are about to be deleted, renamed or left to another store. */
    void remove() {
        removed = true;
    }

    boolean isRemoved() {
        return removed;
    }
}
