package io.lignum.storage;

import io.lignum.record.RecordBatch;
import io.lignum.storage.env.DiskFile;
import io.lignum.storage.internal.segment.BatchScan;
import io.lignum.storage.internal.segment.BatchWindow;
import io.lignum.storage.internal.segment.SegmentSummary;

import java.io.IOException;

/**
 * Reads the batches of a {@link DivergentFile}, and checks each of them. Its memory is bounded by
 * the largest batch. One thread at a time.
 */
public final class DivergentReader implements AutoCloseable {

    private final DivergentFile source;
    private final DiskFile file;
    private final BatchScan scan;

    DivergentReader(DivergentFile source, DiskFile file) {
        this.source = source;
        this.file = file;
        BatchWindow window = new BatchWindow(TopicInspector.MAX_BATCH_BYTES);
        scan = new BatchScan(window, file, source.bytes(), new SegmentSummary(source.from()), 0);
    }

    /** Goes to the next batch; false at the end, or before bytes that are not the next batch. */
    public boolean next() {
        try {
            return scan.next();
        } catch (IOException e) {
            throw StoreFailure.of("reading " + source, e);
        }
    }

    /** The batch that {@link #next} went to. Valid until the next call. */
    public RecordBatch batch() {
        return scan.batch();
    }

    /**
     * Whether the batches read so far are all that was cut. A file that a crash left unfinished is
     * not complete; then nothing was cut from the log.
     */
    public boolean isComplete() {
        return scan.position() == source.bytes() && scan.expectedOffset() == source.to();
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw StoreFailure.of("closing " + source, e);
        }
    }
}
