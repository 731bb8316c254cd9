package io.lignum.client.internal.producer;

import io.lignum.client.LignumException;
import io.lignum.client.LignumException.Outcome;
import io.lignum.client.internal.errors.Errors;
import io.lignum.client.internal.producer.BatchSource.Wants;

import org.jspecify.annotations.Nullable;

/** Ends the batches of a {@link Pipeline} that are not acknowledged. One thread at a time. */
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
     * Whether a copy that was lost on an earlier stream may still be accepted although the node
     * refused this one. Then the batch keeps its sequence numbers: another batch with these numbers
     * might be taken for it, and a batch sent behind it in a new epoch might be in the log twice,
     * after that copy. It is sent again until it is acknowledged or its time is up; by then no copy
     * can be under way.
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

    /** Ends batches whose time is up and that were never sent. */
    void expireUnsent(long now, @Nullable LignumException lastError) {
        for (Batch batch : source.takeExpired(now)) {
            window.discard(batch);
            end(batch, Errors.expired(Outcome.NOT_APPLIED, lastError));
        }
    }

    /** Ends all batches. Those that may be in the log end with outcome UNKNOWN. */
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
