package io.lignum.client.internal.producer;

import io.lignum.client.LignumException;
import io.lignum.client.internal.errors.Errors;
import io.lignum.record.Compression;
import io.lignum.record.ProducerStamp;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The batches that were sent, from the oldest that has not ended, in order, and their sequence
 * numbers. It owns the states of these batches. One thread at a time.
 *
 * <p>A batch that is acknowledged stays while it is behind the oldest: the node remembers a number
 * of batches, acknowledged or not, and the oldest must be among them if it has to be sent again.
 *
 * <p>A batch that is given up leaves a gap in the sequence numbers, so the node refuses the batches
 * behind it. If no copy of any of these can be accepted any more, they get new numbers. Otherwise
 * the numbers must not be used for other batches. Then, once the node has refused the first of them
 * and so has none, they continue in a new epoch, which fences such copies.
 */
final class Window {

    /** The number of batches that a node remembers of a producer, to recognise repeats. */
    static final int MOST = 16;

    private final Sequencer sequencer;
    private final ArrayDeque<Batch> batches = new ArrayDeque<>(MOST);
    private long lastNumber;

    private boolean gap;
    private int gapAt;
    /** A copy of a batch that left the gap may still be accepted. */
    private boolean gapInDoubt;
    /** A batch that left the gap may be in the log. */
    private boolean gapMayBeTaken;

    Window(Sequencer sequencer) {
        this.sequencer = sequencer;
    }

    /**
     * What is known when all batches in flight were answered or lost.
     *
     * @param pause whether to wait before the next attempt
     * @param unknown batches that have left the window, of which the node does not know whether it
     *     has them
     * @param forgotten the error that says so, if there are any
     * @param foreign an error that shows that another producer uses the same identity
     */
    record Settlement(
            boolean pause,
            List<Batch> unknown,
            @Nullable LignumException forgotten,
            @Nullable LignumException foreign) {

        static Settlement retry(boolean pause) {
            return new Settlement(pause, List.of(), null, null);
        }
    }

    boolean isNumbered() {
        return sequencer.isNumbered();
    }

    boolean isEmpty() {
        return batches.isEmpty();
    }

    boolean isFull() {
        return batches.size() >= MOST;
    }

    int size() {
        return batches.size();
    }

    List<Batch> unsettled() {
        return batches.stream().filter(batch -> !batch.isAcknowledged()).toList();
    }

    void add(Batch batch, Compression compression) {
        batch.seal(++lastNumber, gap, compression, sequencer.next(batch.count()));
        batches.addLast(batch);
    }

    /** The batches to be sent, or sent again, in this order. */
    List<Batch> pending(boolean firstOnly) {
        List<Batch> pending = List.of(); // The usual case.
        for (Batch batch : batches) {
            if (batch.isPending() && (!firstOnly || batch == batches.getFirst())) {
                pending = pending.isEmpty() ? new ArrayList<>(MOST) : pending;
                pending.add(batch);
            }
        }
        return pending;
    }

    /** A copy of the batch is about to be sent. */
    void sent(Batch batch, long now) {
        batch.sent(now);
    }

    /**
     * The node has refused the copy in flight; {@code mayBeApplied} says whether that copy may be
     * in the log nevertheless.
     */
    void refuse(Batch batch, LignumException error, boolean mayBeApplied) {
        batch.refuse(error, mayBeApplied);
    }

    /** No copy of the batch can be in the log or get there. */
    void clearDoubt(Batch batch) {
        batch.clearDoubt();
    }

    /** The time of the batch's futures is up. Returns false if it was before. */
    boolean abandon(Batch batch) {
        boolean first = !batch.isAbandoned();
        batch.abandon();
        return first;
    }

    /** Gives up a batch that was never added. */
    void discard(Batch batch) {
        batch.fail();
    }

    int inFlight() {
        int count = 0;
        for (Batch batch : batches) {
            count += batch.isInFlight() ? 1 : 0;
        }
        return count;
    }

    @Nullable
    Batch inFlight(long number) {
        for (Batch batch : batches) {
            if (batch.number() == number && batch.isInFlight()) {
                return batch;
            }
        }
        return null;
    }

    OptionalLong oldestSent() {
        for (Batch batch : batches) {
            if (batch.isInFlight()) {
                return OptionalLong.of(batch.sentNanos());
            }
        }
        return OptionalLong.empty();
    }

    OptionalLong nextDeadline() {
        for (Batch batch : batches) {
            if (hasDeadline(batch)) {
                return OptionalLong.of(batch.deadlineNanos());
            }
        }
        return OptionalLong.empty();
    }

    private static boolean hasDeadline(Batch batch) {
        return !batch.isAbandoned() && !batch.isAcknowledged();
    }

    List<Batch> expired(long now) {
        OptionalLong first = nextDeadline();
        if (first.isEmpty() || now - first.getAsLong() < 0) {
            return List.of();
        }
        return batches.stream()
                .filter(batch -> hasDeadline(batch) && now - batch.deadlineNanos() >= 0)
                .toList();
    }

    /** The batch is in the log. */
    void acknowledge(Batch batch) {
        batch.acknowledge();
        dropAcknowledged();
    }

    private void dropAcknowledged() {
        while (!batches.isEmpty() && batches.getFirst().isAcknowledged()) {
            batches.removeFirst();
        }
    }

    /** Returns the batches in flight, which are lost with their stream. */
    List<Batch> lose(boolean mayBeApplied) {
        List<Batch> lost = new ArrayList<>(MOST);
        for (Batch batch : batches) {
            if (batch.isInFlight()) {
                batch.lose(mayBeApplied);
                lost.add(batch);
            }
        }
        return lost;
    }

    /** Gives the batch up. Returns whether the batches behind it have to be settled. */
    boolean remove(Batch batch) {
        boolean doubtful = batch.mayBeApplied();
        batch.fail();
        boolean first = !batch.isBehindGap();
        boolean found = false;
        boolean more = false;
        for (Batch other : batches) {
            if (found && !other.isAcknowledged()) {
                other.markBehindGap();
                more = true;
            }
            found |= other == batch;
        }
        batches.remove(batch);
        dropAcknowledged();
        if (!isNumbered()) {
            return false;
        }
        gapAt = first ? batch.sequence() : gapAt;
        LignumException refusal = batch.refusal();
        gapInDoubt |= doubtful;
        gapMayBeTaken |= doubtful && (refusal == null || !Errors.isOfTheBatch(refusal));
        gap = true;
        return more || !batches.isEmpty() || closeEmptyGap();
    }

    /** No batch is behind the gap: the next batch gets its number, or begins a new epoch. */
    private boolean closeEmptyGap() {
        if (!gapInDoubt) {
            renumber(gapAt);
            return false;
        }
        return true; // Settling decides, since a new epoch may not be possible.
    }

    Settlement settle() {
        Batch first = batches.peekFirst();
        if (!isNumbered()) {
            return Settlement.retry(first != null);
        }
        boolean atGap = gap && (first == null || first.isBehindGap());
        LignumException refusal = first == null ? null : first.refusal();
        boolean missing = refusal != null && refusal.code().equals(Errors.OUT_OF_ORDER);
        boolean forgotten = refusal instanceof LignumException.UnknownProducer && !missing;
        if (forgotten && atGap && gapAt == 0 && !gapMayBeTaken) {
            // No batch of this epoch was accepted, so the node has forgotten nothing.
            missing = true;
            forgotten = false;
        }
        forgetOrderErrors();
        if (forgotten) {
            return beginAgainAfterForgetting(refusal);
        }
        if (atGap && !gapInDoubt && batches.stream().noneMatch(Batch::isInDoubt)) {
            renumber(gapAt);
            return Settlement.retry(false);
        }
        if (missing || (atGap && first == null)) {
            return newEpoch(refusal);
        }
        return Settlement.retry(first != null);
    }

    /* They only said that an earlier batch was missing, which is being resolved. */
    private void forgetOrderErrors() {
        for (Batch batch : batches) {
            if (batch.refusal() instanceof LignumException.UnknownProducer) {
                batch.clearRefusal();
            }
        }
    }

    /** The node has none of these batches, and accepts none of an earlier epoch. */
    private Settlement newEpoch(@Nullable LignumException refusal) {
        if (!sequencer.ownsIdentity()) {
            return new Settlement(false, List.of(), null, Errors.identitySpent(refusal));
        }
        sequencer.nextEpoch();
        renumber(0);
        return Settlement.retry(false);
    }

    /* The node does not recognise earlier batches, but accepts any batch that begins at 0. */
    private Settlement beginAgainAfterForgetting(@Nullable LignumException refusal) {
        List<Batch> unknown = new ArrayList<>(MOST);
        for (Batch batch : batches) {
            if (batch.isInDoubt()) {
                batch.fail();
                unknown.add(batch);
            }
        }
        batches.removeAll(unknown);
        dropAcknowledged();
        if (sequencer.ownsIdentity()) {
            sequencer.nextEpoch();
        }
        renumber(0);
        return new Settlement(false, unknown, refusal, null);
    }

    private void renumber(int from) {
        sequencer.continueAt(from);
        batches.removeIf(Batch::isAcknowledged);
        for (Batch batch : batches) {
            ProducerStamp stamp = sequencer.next(batch.count());
            if (stamp != null) {
                batch.restamp(stamp);
            }
        }
        gap = false;
        gapInDoubt = false;
        gapMayBeTaken = false;
    }
}
