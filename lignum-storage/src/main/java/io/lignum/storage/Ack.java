package io.lignum.storage;

import java.util.concurrent.CompletableFuture;

/**
 * Receives the outcome of one append. It is first placed, under the queue's lock, and then
 * completed once, by the log's writer.
 */
sealed interface Ack permits Ack.OfRecord, Ack.OfBatch, BlockedAppend {

    /** The append has its offset and is not acknowledged yet. */
    void placed(long firstOffset, int count, boolean duplicate);

    void acknowledge();

    void fail(StorageException cause);

    /** Completes a future with the offset of one record. */
    final class OfRecord extends CompletableFuture<Long> implements Ack {
        private long offset;

        @Override
        public void placed(long firstOffset, int count, boolean duplicate) {
            offset = firstOffset;
        }

        @Override
        public void acknowledge() {
            complete(offset);
        }

        @Override
        public void fail(StorageException cause) {
            completeExceptionally(cause);
        }
    }

    /** Completes a future with the place of a batch. */
    final class OfBatch extends CompletableFuture<Appended> implements Ack {
        private long firstOffset;
        private int count;
        private boolean duplicate;

        @Override
        public void placed(long first, int records, boolean repeated) {
            firstOffset = first;
            count = records;
            duplicate = repeated;
        }

        @Override
        public void acknowledge() {
            complete(new Appended(firstOffset, count, duplicate));
        }

        @Override
        public void fail(StorageException cause) {
            completeExceptionally(cause);
        }
    }
}
