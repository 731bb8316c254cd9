package io.lignum.storage;

import io.lignum.record.ProducerStamp;
import io.lignum.storage.internal.segment.BatchScan;
import io.lignum.storage.internal.segment.BatchWindow;
import io.lignum.storage.internal.segment.FileCache;
import io.lignum.storage.internal.segment.ProducerStates;
import io.lignum.storage.internal.segment.Segment;
import io.lignum.storage.internal.segment.SegmentList;
import io.lignum.storage.internal.segment.SegmentSummary;

import java.io.IOException;
import java.util.Set;

/**
 * Finds what a log knew of its producers at an earlier offset, for a truncation. It is not enough
 * to forget the batches above the cut: these have pushed older ones out of the window of their
 * producer, and a repeat of an older one must be recognised again, as the leader recognises it
 * (R34). So this class reads the segments below the cut, backwards, until the windows are complete;
 * most often one segment or none.
 *
 * <p>A producer that was forgotten in favour of others stays forgotten.
 *
 * <p>Used by the log's writer only.
 */
final class ProducerRewind {

    private final StoreShared store;
    private final LogState state;

    ProducerRewind(StoreShared store, LogState state) {
        this.store = store;
        this.state = state;
    }

    /**
     * The producers at the end of {@code kept}, which is the part of segment number {@code at} that
     * stays.
     */
    ProducerStates to(SegmentSummary kept, int at) throws IOException {
        ProducerStates result = state.producers().copy();
        Set<Long> wanted = result.truncateTo(kept.endOffset());
        if (wanted.isEmpty()) {
            return result;
        }
        ProducerStates found = new ProducerStates(Integer.MAX_VALUE);
        SegmentList all = state.segments();
        for (int i = at; i >= 0 && !wanted.isEmpty(); i--) {
            long bytes = i == at ? kept.sizeInBytes() : all.get(i).sizeInBytes();
            found.addOlder(in(all.get(i), bytes, wanted));
            wanted.removeIf(found::needsNoOlder);
        }
        found.addOlder(result); // Batches that were trimmed from the log are still known.
        result.replaceBy(found);
        return result;
    }

    private ProducerStates in(Segment segment, long bytes, Set<Long> wanted) throws IOException {
        ProducerStates found = new ProducerStates(Integer.MAX_VALUE);
        try (FileCache.Lease lease = store.files().lease(segment)) {
            BatchWindow window = new BatchWindow(store.maxReadBatchBytes());
            SegmentSummary start = new SegmentSummary(segment.baseOffset());
            BatchScan scan = new BatchScan(window, lease.file(), bytes, start, 0);
            while (scan.next()) {
                ProducerStamp producer = BatchValidation.producerOf(scan.batch());
                if (producer != null && wanted.contains(producer.producerId())) {
                    found.accept(
                            producer,
                            scan.batch().recordCount(),
                            scan.batch().baseOffset(),
                            store.clock().wallMillis());
                }
            }
        }
        return found;
    }
}
