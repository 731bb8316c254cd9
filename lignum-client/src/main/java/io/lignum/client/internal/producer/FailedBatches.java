package io.lignum.client.internal.producer;

import io.lignum.client.internal.producer.BatchSource.Wants;
import io.lignum.client.LignumException;
import io.lignum.client.LignumException.Outcome;
import io.lignum.client.internal.errors.Errors;

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
        return batch.isInDoubt()
                && !batch.isAbandoned()
                && window.isNumbered()
                && !Errors.isOfTheBatch(error);
    }

    /** Gives the batch up. Returns whether the batches behind it have to be settled. */
    boolean giveUp(Batch batch, LignumException error) {
        boolean settle = window.remove(batch);
        end(batch, error);
        return settle;
    }

    /** Fails the futures of a batch that has left the window, and releases it. */
    void end(Batch batch, LignumException error) {
        if (!batch.isAbandoned()) {
            deliveries.failed(batch, error);
        }
        source.release(batch);
    }

    /** Fails the futures of a batch that stays in the window, since the node may have it. */
    void abandon(Batch batch, LignumException error) {
        if (window.abandon(batch)) {
            deliveries.failed(batch, error);
        }
    }

    /** Ends what has waited for too long to be sent at all. */
    void expireUnsent(long now, @Nullable LignumException lastError) {
        for (Batch batch : source.takeExpired(now)) {
            window.discard(batch);
            end(batch, Errors.expired(Outcome.NOT_APPLIED, lastError));
        }
    }

    /** Ends everything; what may be in the log is UNKNOWN. */
    void failAll(LignumException error, long now) {
        source.wants(Wants.ANY);
        for (Batch batch : window.unsettled()) {
            giveUp(batch, Errors.withOutcome(error, batch.mayBeApplied()));
        }
        Batch waiting = source.take(Wants.ANY, now + ANY_LINGER_NANOS);
        while (waiting != null) {
            window.discard(waiting);
            end(waiting, Errors.withOutcome(error, false));
            waiting = source.take(Wants.ANY, now + ANY_LINGER_NANOS);
        }
    }
}
