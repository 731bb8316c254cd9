package io.lignum.client.internal.producer;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.OptionalLong;

/** Where the {@link Pipeline} gets its batches, and gives them back when they are done with. */
interface BatchSource {

    /** Which batches would leave at once. */
    enum Wants {
        /** None: enough are on their way, or there is no connection. */
        NOTHING,
        /** Full ones, as some are on their way; others grow meanwhile. */
        FULL,
        /** Every one: hardly anything is on its way. */
        ANY
    }

    /** Says what is to wake the pipeline up; to be said before looking for it. */
    void wants(Wants now);

    /** The next batch to be sent, if there is one of that kind. */
    @Nullable
    Batch take(Wants which, long nowNanos);

    /** Batches that have waited for too long to be sent at all. */
    List<Batch> takeExpired(long nowNanos);

    /** When to look again if nothing happens. */
    OptionalLong nextDeadline(boolean sending);

    /** The batch has left; nobody will look at its bytes any more. */
    void release(Batch batch);
}
