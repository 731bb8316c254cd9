package io.lignum.storage;

import io.lignum.record.BatchStatus;
import io.lignum.record.ProducerStamp;
import io.lignum.record.RecordBatch;
import io.lignum.storage.env.DiskFile;

import java.io.IOException;
import java.nio.file.Path;

/** Goes through batches above the last checkpoint and gathers what a log knows of its batches. */
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
     * Takes note of every whole batch of a file from the end of {@code summary} on.
     *
     * @return the scan, standing before what is not the next batch
     * @throws StorageException.UnsupportedFormat the next one was written by a later release
     */
    BatchScan run(DiskFile file, SegmentSummary summary, OffsetIndex index, Path path)
            throws IOException {
        epochsBefore = epochs;
        bytesBefore = scannedBytes;
        recordsBefore = keptRecords;
        BatchScan scan = new BatchScan(window, file, file.size(), summary, epochs.last());
        while (scan.next()) {
            RecordBatch batch = scan.batch();
            keptRecords += batch.recordCount();
            index.add(
                    batch.baseOffset(),
                    (int) summary.sizeInBytes(),
                    batch.sizeInBytes(),
                    batch.maxTimestamp());
            add(batch, summary);
            epochs = epochs.with(batch.epoch(), batch.baseOffset());
            ProducerStamp producer = BatchValidation.producerOf(batch);
            if (producer != null) {
                producers.accept(producer, batch.recordCount(), batch.baseOffset(), nowMillis);
            }
        }
        refuseLaterVersion(scan, path);
        return scan;
    }

    /**
     * The same file is to be run through again. Its first batches may be of an earlier epoch than
     * its last. Producers can stay: a batch that is remembered changes nothing.
     */
    void forgetLastRun() {
        epochs = epochsBefore;
        scannedBytes = bytesBefore;
        keptRecords = recordsBefore;
    }

    /**
     * Only sums up a segment below the checkpoint, which knows its epochs and producers already.
     */
    BatchScan sumUp(DiskFile file, SegmentSummary summary, Path path) throws IOException {
        BatchScan scan = new BatchScan(window, file, file.size(), summary, 0);
        while (scan.next()) {
            add(scan.batch(), summary);
        }
        refuseLaterVersion(scan, path);
        return scan;
    }

    private void add(RecordBatch batch, SegmentSummary summary) {
        scannedBytes += batch.sizeInBytes();
        summary.add(batch);
    }

    private static void refuseLaterVersion(BatchScan scan, Path path) throws IOException {
        if (scan.status() == BatchStatus.UNSUPPORTED_VERSION) {
            throw new StorageException.UnsupportedFormat(path, scan.versionFound(), 2);
        }
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
