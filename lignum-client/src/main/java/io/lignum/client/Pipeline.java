package io.lignum.client;

import io.lignum.client.BatchSource.Wants;
import io.lignum.client.LignumException.Outcome;
import io.lignum.record.Compression;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.OptionalLong;

/**
 * Gets batches to the node: in order, each once, or says what became of it. A state machine: it is
 * told what happened and when, and has neither clock nor thread of its own. One thread at a time.
 *
 * <p>The {@link Window} holds what was sent and is not settled, never more than the node remembers
 * of a producer, so whatever is in it can be sent again. While all goes well batches only pass
 * through. When something goes wrong nothing new is sent (<em>settling</em>) until every batch on
 * its way has been answered or lost; then it is plain what the node has, and the window is sent
 * again from its first batch.
 */
final class Pipeline {

    /** So many unfinished batches on their way let the next ones grow. */
    private static final int EAGER = 2;

    private final BatchSource source;
    private final NodeStream line;
    private final Deliveries deliveries;
    private final Compression compression;
    private final Window window;
    private final FailedBatches undelivered;
    private final RetryBackoff pause = new RetryBackoff();

    private boolean settling;
    /** One batch at a time, to find the one that is too large for the node. */
    private boolean oneByOne;

    private @Nullable LignumException lastError;
    private @Nullable LignumException fatal;

    Pipeline(
            BatchSource source,
            ProduceLink.Opener opener,
            Deliveries deliveries,
            ProducerSettings settings,
            long requestTimeoutNanos) {
        this.source = source;
        this.line = new NodeStream(opener, requestTimeoutNanos);
        this.deliveries = deliveries;
        this.compression = settings.compression();
        this.window = new Window(new Sequencer(settings.idempotent(), settings.identity()));
        this.undelivered = new FailedBatches(source, window, deliveries);
    }

    /** Does what there is to do. To be called after every event, and at {@link #nextLook}. */
    void run(long now) {
        if (fatal != null) {
            failEverything(fatal, now);
            return;
        }
        expire(now);
        line.askIfSlow(window.oldestSent(), now);
        giveUpSilentLink(now);
        if (settling && window.inFlight() == 0) {
            settle(now);
        }
        if (fatal != null) {
            failEverything(fatal, now);
        } else if (settling || pause.isOn(now)) {
            source.wants(Wants.NOTHING);
        } else {
            send(now);
        }
    }

    private void send(long now) {
        if (!line.isOpen()) {
            source.wants(Wants.ANY);
            if (window.isEmpty() && source.nextDeadline(true).isEmpty()) {
                return;
            }
            if (!line.open(now)) {
                lastError = lastError == null ? Errors.nobodyLeads() : lastError;
                pause.wantLeader();
                pause.begin(now);
                source.wants(Wants.NOTHING);
                return;
            }
        }
        if (!line.isConnected()) {
            source.wants(Wants.NOTHING);
            return;
        }
        for (Batch batch : window.unsent(oneByOne)) {
            line.send(batch, now);
        }
        sendNew(now);
    }

    private void sendNew(long now) {
        while (true) {
            Wants wants = wants();
            source.wants(wants);
            Batch batch = wants == Wants.NOTHING ? null : source.take(wants, now);
            if (batch == null) {
                return;
            }
            window.add(batch, compression);
            line.send(batch, now);
        }
    }

    private Wants wants() {
        if (window.size() < (oneByOne ? 1 : EAGER)) {
            return Wants.ANY;
        }
        return window.isFull() || oneByOne ? Wants.NOTHING : Wants.FULL;
    }

    // What the node says.

    /** The node has it. */
    void appended(ProduceLink from, ProduceAck answer, long now) {
        if (!line.is(from)) {
            return;
        }
        Batch batch = window.inFlight(answer.number());
        String wrong = batch == null
                ? "an answer to batch " + answer.number() + ", which is not on its way"
                : answer.contradiction(batch);
        if (batch == null || wrong != null) {
            loseLink(Errors.nonsense("the node sent " + wrong, Outcome.UNKNOWN, null), now);
        } else if (answer.duplicate() && batch.copies == 1) {
            // Nobody else could have sent it but another producer of the same identity.
            fatal = Errors.identityInUse(null);
        } else {
            window.settled(batch);
            pause.reset();
            lastError = null;
            oneByOne = oneByOne && !window.isEmpty();
            deliveries.succeeded(batch, answer.firstOffset());
            source.release(batch);
        }
        run(now);
    }

    /** The node has refused it, and goes on with the ones behind. */
    void refused(ProduceLink from, long number, LignumException error, long now) {
        if (!line.is(from)) {
            return;
        }
        Batch batch = window.inFlight(number);
        if (batch == null) {
            loseLink(
                    Errors.nonsense(
                            "the node refused batch " + number + ", which is not on its way",
                            Outcome.UNKNOWN,
                            error),
                    now);
        } else {
            batch.inFlight = false;
            batch.refusal = error;
            judge(batch, error, now);
        }
        run(now);
    }

    private void judge(Batch batch, LignumException error, long now) {
        boolean ofEarlierCopies = error instanceof LignumException.Fenced
                || error instanceof LignumException.UnknownProducer;
        // This copy was not taken; whether there was an earlier one the node cannot know, and this
        // producer does.
        boolean unknown = error.outcome() == Outcome.UNKNOWN && !ofEarlierCopies;
        batch.inDoubt |= unknown;
        if (error instanceof LignumException.NotLeader) {
            line.leave(now);
        }
        if (error instanceof LignumException.Fenced) {
            fatal = error;
        } else if (error instanceof LignumException.UnknownProducer && window.isNumbered()) {
            settling = true;
        } else if (Errors.mayPass(error) && (window.isNumbered() || !unknown)) {
            lastError = error;
            settling = true;
        } else if (undelivered.mayTurnUp(batch, error)) {
            lastError = error;
            settling = true;
        } else {
            giveUp(batch, batch.inDoubt ? Errors.withOutcome(error, true) : error);
        }
    }

    /** The stream has ended, or was never opened. */
    void ended(ProduceLink from, LignumException error, long now) {
        if (line.is(from)) {
            line.ended();
            lost(error, now);
            run(now);
        }
    }

    /** Another node leads, or one does at last. */
    void leaderFound(long now) {
        if (line.isLeaderElsewhere()) {
            line.leave(now);
            settling = true;
        }
        pause.leaderFound();
        run(now);
    }

    // When something goes wrong.

    private void loseLink(LignumException error, long now) {
        line.cancel(!line.isLeaving());
        lost(error, now);
    }

    private void lost(LignumException error, long now) {
        lastError = error;
        settling = true;
        pause.wantLeader();
        boolean notApplied = error.outcome() == Outcome.NOT_APPLIED
                && (error.code().equals(Errors.SHUTTING_DOWN) || Errors.isOfTheNode(error));
        List<Batch> lost = window.lose(!notApplied);
        if (Errors.isOfTheNode(error)) {
            failEverything(error, now);
        } else if (error.code().equals(Errors.REQUEST_TOO_LARGE)) {
            if (lost.size() == 1) {
                lost.get(0).inDoubt = false; // No copy of it can ever be taken.
                giveUp(lost.get(0), error);
            }
            oneByOne = true;
        } else if (!window.isNumbered() && !notApplied) {
            LignumException unknown = Errors.lost(error);
            lost.forEach(batch -> giveUp(batch, unknown));
        } else if (!Errors.mayPass(error)) {
            lost.forEach(batch -> undelivered.abandon(batch, error));
        }
    }

    private void giveUpSilentLink(long now) {
        OptionalLong silentAt = line.silentAt(window.oldestSent());
        if (silentAt.isPresent() && now - silentAt.getAsLong() >= 0) {
            loseLink(Errors.timeout("no answer within the request timeout", Outcome.UNKNOWN), now);
        }
    }

    private void settle(long now) {
        settling = false;
        Window.Settlement settlement = window.settle();
        settlement.unknown().forEach(batch -> giveUp(batch, Errors.forgotten(batch.refusal)));
        if (settlement.foreign() != null) {
            fatal = Errors.identityInUse(settlement.foreign());
        } else if (line.isLeaving()) {
            goToTheLeader(now);
        } else if (settlement.pause()) {
            pause.begin(now);
        }
    }

    private void goToTheLeader(long now) {
        boolean known = line.isLeaderElsewhere() && pause.mayFollowHint();
        line.cancel(false);
        if (!known) {
            pause.wantLeader();
            pause.begin(now);
        }
    }

    private void expire(long now) {
        undelivered.expireUnsent(now, lastError);
        for (Batch batch : window.expired(now)) {
            boolean unknown = batch.inFlight || batch.inDoubt;
            LignumException error = Errors.expired(
                    unknown ? Outcome.UNKNOWN : Outcome.NOT_APPLIED,
                    batch.refusal == null ? lastError : batch.refusal);
            if (unknown && window.isNumbered()) {
                undelivered.abandon(batch, error);
            } else if (batch.inFlight) {
                loseLink(error, now);
            } else {
                giveUp(batch, error);
            }
        }
    }

    private void giveUp(Batch batch, LignumException error) {
        settling |= undelivered.giveUp(batch, error);
    }

    /** Nothing more is sent; what is on its way is UNKNOWN. */
    void shutDown(LignumException reason, long now) {
        fatal = reason;
        run(now);
    }

    private void failEverything(LignumException error, long now) {
        line.cancel(false);
        undelivered.failAll(error, now);
        settling = false;
    }

    /** How long until {@link #run} is to be called, if nothing happens before. */
    OptionalLong nextLook(long now) {
        long look = Long.MAX_VALUE;
        look = sooner(
                look,
                source.nextDeadline(line.isConnected() && !settling && !pause.isOn(now)),
                now);
        look = sooner(look, window.nextDeadline(), now);
        look = sooner(look, line.silentAt(window.oldestSent()), now);
        look = sooner(look, line.slowAt(window.oldestSent()), now);
        look = sooner(look, pause.end(), now);
        return look == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(Math.max(0, look));
    }

    private static long sooner(long look, OptionalLong at, long now) {
        return at.isPresent() ? Math.min(look, at.getAsLong() - now) : look;
    }
}
