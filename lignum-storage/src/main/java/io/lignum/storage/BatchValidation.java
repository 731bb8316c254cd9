package io.lignum.storage;

import io.lignum.record.BatchStatus;
import io.lignum.record.ProducerStamp;
import io.lignum.record.RecordBatch;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/**
 * Checks the header and the CRC of a batch that was built elsewhere. Does not read its records; the
 * listener that receives foreign bytes does that.
 */
final class BatchValidation {

    private BatchValidation() {}

    /** Checks the one batch in the buffer, and returns a view of it. */
    static RecordBatch check(ByteBuffer batch, int maxBatchBytes) {
        int at = batch.position();
        if (batch.remaining() > maxBatchBytes) {
            throw new StorageException.RecordTooLarge(
                    "the batch", batch.remaining(), maxBatchBytes);
        }
        BatchStatus status = RecordBatch.check(batch, at, maxBatchBytes);
        if (status != BatchStatus.VALID) {
            throw new StorageException.InvalidBatch(
                    "the bytes are not a valid record batch: " + status);
        }
        RecordBatch view = RecordBatch.at(batch, at);
        if (view.sizeInBytes() != batch.remaining()) {
            throw new StorageException.InvalidBatch(
                    "the batch has " + view.sizeInBytes() + " bytes, the buffer holds "
                            + batch.remaining() + ": hand in one batch at a time");
        }
        if (view.isControl() || view.isTransactional()) {
            throw new StorageException.InvalidBatch(
                    "control and transactional batches are not supported");
        }
        return view;
    }

    static @Nullable ProducerStamp producerOf(RecordBatch view) {
        return view.hasProducer()
                ? new ProducerStamp(view.producerId(), view.producerEpoch(), view.baseSequence())
                : null;
    }
}
