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
    private long scannedBytes;
    private long keptRecords;

    Replay(BatchWindow window, EpochHistory epochs, ProducerStates producers) {
        this.window = window;
        this.epochs = epochs;
        this.producers = producers;
    }

    /**
     * Takes note of every whole batch of a file from the end of {@code summary} on.
     *
     * @return the scan, standing before what is not the next batch
     * @throws StorageException.UnsupportedFormat the next one was written by a later release
     */
    BatchScan run(DiskFile file, SegmentSummary summary, OffsetIndex index, Path path)
            throws IOException {
        BatchScan scan = new BatchScan(window, file, file.size(), summary, epochs.last());
        while (scan.next()) {
            RecordBatch batch = scan.batch();
            scannedBytes += batch.sizeInBytes();
            keptRecords += batch.recordCount();
            index.add(
                    batch.baseOffset(),
                    (int) summary.sizeInBytes(),
                    batch.sizeInBytes(),
                    batch.maxTimestamp());
            summary.add(batch);
            epochs = epochs.with(batch.epoch(), batch.baseOffset());
            ProducerStamp producer = BatchDoor.producerOf(batch);
            if (producer != null) {
                producers.accept(producer, batch.recordCount(), batch.baseOffset());
            }
        }
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
