package io.lignum.client.internal.producer;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.OptionalLong;

/** Supplies the {@link Pipeline} with batches, and gets them back when they have ended. */
interface BatchSource {

    /** Which batches the pipeline would send now. */
    enum Wants {
        /** None: the window is full, or there is no connection. */
        NOTHING,
        /** Full batches. Others grow meanwhile, since some are in flight. */
        FULL,
        /** Every batch, since hardly any is in flight. */
        ANY
    }

    /** Sets which batches wake the pipeline. Called before {@link #take}. */
    void wants(Wants now);

    /** The next batch of this kind, or null. */
    @Nullable
    Batch take(Wants which, long nowNanos);

    /** The batches whose delivery timeout ended before they were sent. */
    List<Batch> takeExpired(long nowNanos);

    /**
     * When a batch is due for sending or expires; empty without a batch.
     *
     * @param sending whether the pipeline would send a batch that has lingered
     */
    OptionalLong nextDeadline(boolean sending);

    /** The batch has ended, and its bytes are not used any more. Called once for each batch. */
    void release(Batch batch);
}
