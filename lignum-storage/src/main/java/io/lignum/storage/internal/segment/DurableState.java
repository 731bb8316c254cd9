package io.lignum.storage.internal.segment;

import java.util.Optional;

/**
 * Answers what part of a log was durable, from its checkpoint and its list of sealed segments.
 * Recovery and inspection both ask here, so they agree on which bytes are an unfinished write.
 *
 * <p>A checkpoint proves everything below the end of its active segment. An entry of the list
 * proves its segment. Bytes above both may never have been forced: damage there is an unfinished
 * write, and damage below is corruption. One thread at a time.
 *
 * @param manifest empty if the list cannot be read
 */
public record DurableState(Optional<Checkpoint> checkpoint, Optional<SegmentManifest> manifest) {

    /** Exclusive end of the offsets that were durable. */
    public long endOffset() {
        long checkpointed = checkpoint.map(c -> c.active().endOffset()).orElse(0L);
        return Math.max(checkpointed, manifest.map(SegmentManifest::endOffset).orElse(0L));
    }

    /** The log start offset, or {@code otherwise} without a checkpoint. */
    public long logStartOffset(long otherwise) {
        return checkpoint.map(Checkpoint::logStartOffset).orElse(otherwise);
    }

    /** The entry of the list for the sealed segment that begins at {@code base}. */
    public Optional<SegmentSummary> listed(long base) {
        return manifest.flatMap(list -> list.find(base)).map(SegmentManifest.Entry::summary);
    }

    /** Whether some of the segment was written after the checkpoint. */
    public boolean isAboveCheckpoint(long base) {
        return checkpoint.isEmpty() || base >= checkpoint.get().activeBase();
    }

    /** What the checkpoint says of the segment, if it was the active one. */
    public Optional<SegmentSummary> checkpointed(long base) {
        return checkpoint.filter(c -> c.activeBase() == base).map(Checkpoint::active);
    }

    /**
     * The part of the segment that a scan can skip: everything up to the checkpoint, or nothing.
     */
    public SegmentSummary startOf(long base) {
        return checkpointed(base)
                .map(SegmentSummary::copy)
                .orElseGet(() -> new SegmentSummary(base));
    }

    /**
     * Whether a gap before a segment can be the result of an unfinished write. Segments that were
     * not forced can lose their names while a later one keeps its own.
     *
     * @param end where the segments below end
     */
    public boolean isUnfinishedGap(long end, long base) {
        return base > end && end >= endOffset() && listed(base).isEmpty();
    }

    /**
     * Whether bytes behind the last whole batch of a segment can be an unfinished write.
     *
     * @param isActive the file has the name of an active segment
     * @param wholeBytes size of the whole batches before them
     */
    public boolean isUnfinishedWrite(long base, boolean isActive, long wholeBytes) {
        long durableBytes = checkpointed(base).map(SegmentSummary::sizeInBytes).orElse(0L);
        return isActive
                && listed(base).isEmpty()
                && isAboveCheckpoint(base)
                && wholeBytes >= durableBytes;
    }
}
