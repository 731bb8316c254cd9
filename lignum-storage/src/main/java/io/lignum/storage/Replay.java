package io.lignum.storage;

import io.lignum.record.BatchStatus;
import io.lignum.record.ProducerStamp;
import io.lignum.record.RecordBatch;
import io.lignum.storage.env.DiskFile;
import io.lignum.storage.internal.segment.BatchScan;
import io.lignum.storage.internal.segment.BatchWindow;
import io.lignum.storage.internal.segment.EpochHistory;
import io.lignum.storage.internal.segment.ProducerStates;
import io.lignum.storage.internal.segment.SegmentScan;
import io.lignum.storage.internal.segment.SegmentSummary;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Scans batches above the last checkpoint, and gathers the epochs and producers of a log. Used by
 * recovery, on one thread.
 */
final class Replay {

    private final BatchWindow window;
    private EpochHistory epochs;
    private final ProducerStates producers;
    private final long nowMillis;
    private long scannedBytes;
    private long keptRecords;
    private EpochHistory epochsBefore;
    private long bytesBefore;
    private long recordsBefore;

    Replay(BatchWindow window, EpochHistory epochs, ProducerStates producers, long nowMillis) {
        this.window = window;
        this.epochs = epochs;
        epochsBefore = epochs;
        this.producers = producers;
        this.nowMillis = nowMillis;
        producers.seenBy(nowMillis);
    }

    /**
     * Scans every whole batch of a file from the end of {@code summary} on.
     *
     * @return the scan, before the bytes that are not the next batch
     * @throws StorageException.UnsupportedFormat a later release wrote the next batch
     */
    BatchScan run(DiskFile file, SegmentSummary summary, SegmentScan.Observer index, Path path)
            throws IOException {
        epochsBefore = epochs;
        bytesBefore = scannedBytes;
        recordsBefore = keptRecords;
        SegmentScan scan = new SegmentScan(
                new BatchScan(window, file, file.size(), summary, epochs.last()), summary, index);
        while (scan.next()) {
            RecordBatch batch = scan.batch();
            keptRecords += batch.recordCount();
            scannedBytes += batch.sizeInBytes();
            epochs = epochs.with(batch.epoch(), batch.baseOffset());
            ProducerStamp producer = BatchValidation.producerOf(batch);
            if (producer != null) {
                producers.accept(producer, batch.recordCount(), batch.baseOffset(), nowMillis);
            }
        }
        return refuseLaterVersion(scan.batches(), path);
    }

    /**
     * Undoes the last run, since the same file is scanned again. Its first batches may be of a
     * lower epoch than its last. Producers can stay: a batch that is known changes nothing.
     */
    void forgetLastRun() {
        epochs = epochsBefore;
        scannedBytes = bytesBefore;
        keptRecords = recordsBefore;
    }

    /** Sums up a segment below the checkpoint, which knows its epochs and producers already. */
    BatchScan sumUp(DiskFile file, SegmentSummary summary, Path path) throws IOException {
        SegmentScan scan = new SegmentScan(
                new BatchScan(window, file, file.size(), summary, 0),
                summary,
                SegmentScan.Observer.NONE);
        while (scan.next()) {
            scannedBytes += scan.batch().sizeInBytes();
        }
        return refuseLaterVersion(scan.batches(), path);
    }

    private static BatchScan refuseLaterVersion(BatchScan scan, Path path) throws IOException {
        if (scan.status() == BatchStatus.UNSUPPORTED_VERSION) {
            throw new StorageException.UnsupportedFormat(path, scan.versionFound(), 2);
        }
        return scan;
    }

    EpochHistory epochs() {
        return epochs;
    }

    ProducerStates producers() {
        return producers;
    }

    long scannedBytes() {
        return scannedBytes;
    }

    long keptRecords() {
        return keptRecords;
    }
}
