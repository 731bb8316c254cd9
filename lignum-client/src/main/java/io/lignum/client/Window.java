package io.lignum.client;

import io.lignum.record.Compression;
import io.lignum.record.ProducerStamp;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The batches from the oldest that is not settled on, in order, and their sequence numbers. One
 * thread at a time.
 *
 * <p>Batches behind the oldest stay when they are settled: the node remembers so many batches, not
 * so many unanswered ones, and the oldest must be among them if it has to be sent again.
 *
 * <p>A batch that is given up leaves a gap in the numbers, for which the node refuses the ones
 * behind it. If no copy of any of them can still turn up they are simply numbered again. If one
 * can, the number must not be used for something else; then, once the node has shown by refusing
 * the first of them that it has none, they go on in a new epoch, which fences what may turn up.
 */
final class Window {

    /** As many batches as a node remembers of a producer, to recognise them. */
    static final int MOST = 16;

    private final Sequencer sequencer;
    private final ArrayDeque<Batch> batches = new ArrayDeque<>(MOST);
    private long lastNumber;

    private boolean gap;
    private int gapAt;
    /** A copy of what left the gap may still turn up. */
    private boolean gapInDoubt;
    /** What left the gap may be in the log all the same. */
    private boolean gapMayBeTaken;

    Window(Sequencer sequencer) {
        this.sequencer = sequencer;
    }

    /**
     * What became plain when all was answered.
     *
     * @param pause whether to wait before trying again
     * @param unknown batches of which nobody can tell any more whether the node has them
     * @param foreign an error that shows that somebody else uses the same identity
     */
    record Settlement(
            boolean pause, List<Batch> unknown, @Nullable LignumException foreign) {}

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
        return batches.stream().filter(batch -> !batch.settled).toList();
    }

    void add(Batch batch, Compression compression) {
        batch.number = ++lastNumber;
        batch.behindGap = gap;
        batch.seal(compression, sequencer.next(batch.count()));
        batches.addLast(batch);
    }

    /** To be sent, or sent again, in this order. */
    List<Batch> unsent(boolean firstOnly) {
        List<Batch> unsent = List.of(); // The usual case.
        for (Batch batch : batches) {
            if (!batch.inFlight && !batch.settled && (!firstOnly || batch == batches.getFirst())) {
                unsent = unsent.isEmpty() ? new ArrayList<>(MOST) : unsent;
                unsent.add(batch);
            }
        }
        return unsent;
    }

    int inFlight() {
        int count = 0;
        for (Batch batch : batches) {
            count += batch.inFlight ? 1 : 0;
        }
        return count;
    }

    @Nullable
    Batch inFlight(long number) {
        for (Batch batch : batches) {
            if (batch.number == number && batch.inFlight) {
                return batch;
            }
        }
        return null;
    }

    OptionalLong oldestSent() {
        for (Batch batch : batches) {
            if (batch.inFlight) {
                return OptionalLong.of(batch.sentNanos);
            }
        }
        return OptionalLong.empty();
    }

    OptionalLong nextDeadline() {
        for (Batch batch : batches) {
            if (!batch.abandoned && !batch.settled) {
                return OptionalLong.of(batch.deadlineNanos);
            }
        }
        return OptionalLong.empty();
    }

    List<Batch> expired(long now) {
        OptionalLong first = nextDeadline();
        if (first.isEmpty() || now - first.getAsLong() < 0) {
            return List.of();
        }
        return batches.stream()
                .filter(batch ->
                        !batch.abandoned && !batch.settled && now - batch.deadlineNanos >= 0)
                .toList();
    }

    /** It is in the log. */
    void settled(Batch batch) {
        batch.inFlight = false;
        batch.inDoubt = false;
        batch.settled = true;
        dropSettled();
    }

    private void dropSettled() {
        while (!batches.isEmpty() && batches.getFirst().settled) {
            batches.removeFirst();
        }
    }

    /** What was on its way is lost with the stream, in doubt or certainly not applied. */
    List<Batch> lose(boolean inDoubt) {
        List<Batch> lost = new ArrayList<>(MOST);
        for (Batch batch : batches) {
            if (batch.inFlight) {
                batch.inFlight = false;
                batch.inDoubt |= inDoubt;
                lost.add(batch);
            }
        }
        return lost;
    }

    /** Gives the batch up; true: the ones behind it have to be settled. */
    boolean remove(Batch batch) {
        if (!batches.contains(batch)) {
            return false;
        }
        boolean first = !batch.behindGap;
        boolean found = false;
        boolean more = false;
        for (Batch other : batches) {
            if (found && !other.settled) {
                other.behindGap = true;
                more = true;
            }
            found |= other == batch;
        }
        batches.remove(batch);
        dropSettled();
        if (!isNumbered()) {
            return false;
        }
        gapAt = first ? batch.sequence() : gapAt;
        boolean doubtful = batch.inDoubt || batch.inFlight;
        gapInDoubt |= doubtful;
        gapMayBeTaken |= doubtful && (batch.refusal == null || !Errors.isOfTheBatch(batch.refusal));
        gap = true;
        return more || !batches.isEmpty() || closeEmptyGap();
    }

    /** Nothing is behind the gap: the next batch takes its number, or begins a new epoch. */
    private boolean closeEmptyGap() {
        if (!gapInDoubt) {
            renumber(gapAt);
            return false;
        }
        return true; // To be settled, as that may not be possible.
    }

    Settlement settle() {
        Batch first = batches.peekFirst();
        if (!isNumbered()) {
            return new Settlement(first != null, List.of(), null);
        }
        boolean atGap = gap && (first == null || first.behindGap);
        LignumException refusal = first == null ? null : first.refusal;
        boolean missing = refusal != null && refusal.code().equals(Errors.OUT_OF_ORDER);
        boolean forgotten = refusal instanceof LignumException.UnknownProducer && !missing;
        if (forgotten && atGap && gapAt == 0 && !gapMayBeTaken) {
            // Nothing of this epoch was ever taken, so there was nothing to be forgotten.
            missing = true;
            forgotten = false;
        }
        forgetOrderErrors();
        if (forgotten) {
            return beginAgainAfterForgetting(refusal);
        }
        if (atGap && !gapInDoubt && batches.stream().noneMatch(batch -> batch.inDoubt)) {
            renumber(gapAt);
            return new Settlement(false, List.of(), null);
        }
        if (missing || (atGap && first == null)) {
            return newEpoch(refusal);
        }
        return new Settlement(first != null, List.of(), null);
    }

    /* They only said that an earlier batch was missing; that is being dealt with. */
    private void forgetOrderErrors() {
        for (Batch batch : batches) {
            if (batch.refusal instanceof LignumException.UnknownProducer) {
                batch.refusal = null;
            }
        }
    }

    /** The node has none of these batches, and will take none of an earlier epoch. */
    private Settlement newEpoch(@Nullable LignumException refusal) {
        if (!sequencer.ownsIdentity()) {
            return new Settlement(false, List.of(), Errors.identitySpent(refusal));
        }
        sequencer.nextEpoch();
        renumber(0);
        return new Settlement(false, List.of(), null);
    }

    /* It cannot recognise what was sent before, but it takes anything that begins at 0. */
    private Settlement beginAgainAfterForgetting(@Nullable LignumException refusal) {
        List<Batch> unknown = new ArrayList<>(MOST);
        for (Batch batch : batches) {
            if (batch.inDoubt) {
                batch.refusal = refusal;
                unknown.add(batch);
            }
        }
        batches.removeAll(unknown);
        dropSettled();
        if (sequencer.ownsIdentity()) {
            sequencer.nextEpoch();
        }
        renumber(0);
        return new Settlement(false, unknown, null);
    }

    private void renumber(int from) {
        sequencer.continueAt(from);
        batches.removeIf(batch -> batch.settled);
        for (Batch batch : batches) {
            ProducerStamp stamp = sequencer.next(batch.count());
            if (stamp != null) {
                batch.restamp(stamp);
            }
            batch.inDoubt = false;
            batch.behindGap = false;
        }
        gap = false;
        gapInDoubt = false;
        gapMayBeTaken = false;
    }
}
