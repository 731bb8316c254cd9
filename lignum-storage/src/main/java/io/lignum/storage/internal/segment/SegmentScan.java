package io.lignum.storage.internal.segment;

import io.lignum.record.RecordBatch;

import java.io.IOException;

/**
 * Reads the batches of a segment's file, from the end of a summary on, and adds each batch to that
 * summary and to an index. {@link BatchScan} validates each batch first.
 *
 * <p>The only loop over a segment: recovery, truncation, a missing index, a scrub and an inspection
 * differ in the observer. One thread at a time.
 */
public final class SegmentScan {

    /** Sees each batch of a segment, in order: builds an index, or compares one. */
    @FunctionalInterface
    public interface Observer {

        /** Does nothing, for a scan that only sums up. */
        Observer NONE = (batch, before) -> {};

        /**
         * Sees the next batch.
         *
         * @param before all batches below this one; its size is the position of this batch
         */
        void observe(RecordBatch batch, SegmentSummary before);
    }

    private final BatchScan batches;
    private final SegmentSummary summary;
    private final Observer observer;

    /**
     * Prepares a scan.
     *
     * @param batches begins at the end of {@code summary}
     * @param summary what is known of the batches below; the scan adds to it
     */
    public SegmentScan(BatchScan batches, SegmentSummary summary, Observer observer) {
        this.batches = batches;
        this.summary = summary;
        this.observer = observer;
    }

    /** Adds the next batch; false at the end, or before bytes that are not the next batch. */
    public boolean next() throws IOException {
        return nextUpTo(Long.MAX_VALUE);
    }

    /** Adds all batches. */
    public void toEnd() throws IOException {
        upTo(Long.MAX_VALUE);
    }

    /** Adds all batches that end at or below {@code endOffset}. */
    public void upTo(long endOffset) throws IOException {
        boolean added = true;
        while (added) {
            added = nextUpTo(endOffset);
        }
    }

    private boolean nextUpTo(long endOffset) throws IOException {
        if (!batches.next() || batches.batch().nextOffset() > endOffset) {
            return false;
        }
        add(batches.batch(), summary, observer);
        return true;
    }

    /** Adds one batch that is already in memory. */
    public static void add(RecordBatch batch, SegmentSummary summary, Observer observer) {
        observer.observe(batch, summary);
        summary.add(batch);
    }

    /** The batch that {@link #next} added; valid until the next call. */
    public RecordBatch batch() {
        return batches.batch();
    }

    /** The underlying scan, which knows what stands behind the last batch. */
    public BatchScan batches() {
        return batches;
    }
}
