package io.lignum.client;

import io.lignum.client.BatchSource.Wants;
import io.lignum.client.LignumException.Outcome;

import org.jspecify.annotations.Nullable;

/** How batches of a {@link Pipeline} end that are not acknowledged. One thread at a time. */
final class FailedBatches {

    /** Later than the end of any linger. */
    private static final long ANY_LINGER_NANOS = Long.MAX_VALUE / 2;

    private final BatchSource source;
    private final Window window;
    private final Deliveries deliveries;

    FailedBatches(BatchSource source, Window window, Deliveries deliveries) {
        this.source = source;
        this.window = window;
        this.deliveries = deliveries;
    }

    /**
     * Whether a copy that was lost on another stream may still be taken, although this one was
     * refused: then the batch keeps its place, as what is sent in that place might be taken for it,
     * and what is sent behind it in a new epoch might be there already, after that copy. It is sent
     * again until it is there or time is up; after that no copy can be under way any more.
     */
    boolean mayTurnUp(Batch batch, LignumException error) {
        return batch.inDoubt
                && !batch.abandoned
                && window.isNumbered()
                && !Errors.isOfTheBatch(error);
    }

    /** Ends it for good; those behind it go on. True: they have to be settled. */
    boolean giveUp(Batch batch, LignumException error) {
        boolean settle = window.remove(batch);
        if (!batch.abandoned) {
            deliveries.failed(batch, error);
        }
        source.release(batch);
        return settle;
    }

    /** Its futures end, but as the node may have it, the ones behind it need it to be there. */
    void abandon(Batch batch, LignumException error) {
        if (!batch.abandoned) {
            batch.abandoned = true;
            deliveries.failed(batch, error);
        }
    }

    /** Ends what has waited for too long to be sent at all. */
    void expireUnsent(long now, @Nullable LignumException lastError) {
        for (Batch batch : source.takeExpired(now)) {
            deliveries.failed(batch, Errors.expired(Outcome.NOT_APPLIED, lastError));
            source.release(batch);
        }
    }

    /** Ends everything; what may be in the log is UNKNOWN. */
    void failAll(LignumException error, long now) {
        source.wants(Wants.ANY);
        for (Batch batch : window.unsettled()) {
            boolean unknown = batch.inFlight || batch.inDoubt;
            giveUp(batch, Errors.withOutcome(error, unknown));
        }
        Batch waiting = source.take(Wants.ANY, now + ANY_LINGER_NANOS);
        while (waiting != null) {
            deliveries.failed(waiting, Errors.withOutcome(error, false));
            source.release(waiting);
            waiting = source.take(Wants.ANY, now + ANY_LINGER_NANOS);
        }
    }
}
