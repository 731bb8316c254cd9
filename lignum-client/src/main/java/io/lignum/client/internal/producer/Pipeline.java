package io.lignum.client.internal.producer;

import io.lignum.client.LignumException;
import io.lignum.client.LignumException.Outcome;
import io.lignum.client.internal.errors.Errors;
import io.lignum.client.internal.producer.BatchSource.Wants;
import io.lignum.record.Compression;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.OptionalLong;

/**
 * Delivers batches to the log in order, each exactly once, or reports what happened to them. A
 * state machine without a clock and a thread: the {@link ProducerEngine} passes events and the
 * time. One thread at a time.
 *
 * <p>The {@link Window} holds the batches that were sent and have not ended. It never holds more
 * than the node remembers of a producer, so all of them can be sent again. Without failures batches
 * only pass through. After a failure the pipeline is <em>settling</em>: it sends nothing until each
 * batch in flight was answered or lost. Then it is known what the node has, and the pipeline sends
 * the window again from its first batch.
 */
final class Pipeline {

    /** With this many batches in the window, batches that are not full wait for more records. */
    private static final int EAGER = 2;

    private final BatchSource source;
    private final NodeStream stream;
    private final Deliveries deliveries;
    private final Compression compression;
    private final Window window;
    private final FailedBatches failedBatches;
    private final RetryBackoff backoff = new RetryBackoff();

    /** Nothing is sent until no batch is in flight. */
    private boolean settling;

    /** The window holds one batch at a time, to find the batch that is too large for the node. */
    private boolean oneByOne;

    /** The last transient error since a batch was acknowledged; explains timeouts. */
    private @Nullable LignumException lastError;

    /** Ends the producer: all batches fail, now and later. */
    private @Nullable LignumException fatal;

    Pipeline(
            BatchSource source,
            ProduceLink.Opener opener,
            Deliveries deliveries,
            ProducerSettings settings,
            long requestTimeoutNanos) {
        this.source = source;
        this.stream = new NodeStream(opener, requestTimeoutNanos);
        this.deliveries = deliveries;
        this.compression = settings.compression();
        this.window = new Window(new Sequencer(settings.idempotent(), settings.identity()));
        this.failedBatches = new FailedBatches(source, window, deliveries);
    }

    /** Does what is due. Called after every event, and at {@link #nextLook}. */
    void run(long now) {
        if (fatal != null) {
            failEverything(fatal, now);
            return;
        }
        expire(now);
        stream.askIfSlow(window.oldestSent(), now);
        giveUpSilentLink(now);
        if (settling && window.inFlight() == 0) {
            settle(now);
        }
        if (fatal != null) {
            failEverything(fatal, now);
        } else if (settling || backoff.isOn(now)) {
            source.wants(Wants.NOTHING);
        } else {
            send(now);
        }
    }

    private void send(long now) {
        if (!stream.isOpen()) {
            source.wants(Wants.ANY);
            if (window.isEmpty() && source.nextDeadline(true).isEmpty()) {
                return;
            }
            if (!stream.open(now)) {
                lastError = lastError == null ? Errors.noLeader() : lastError;
                backoff.wantLeader();
                backoff.begin(now);
                source.wants(Wants.NOTHING);
                return;
            }
        }
        if (!stream.isConnected()) {
            source.wants(Wants.NOTHING);
            return;
        }
        for (Batch batch : window.pending(oneByOne)) {
            send(batch, now);
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
            send(batch, now);
        }
    }

    private void send(Batch batch, long now) {
        window.sent(batch, now);
        stream.send(batch);
    }

    private Wants wants() {
        if (window.size() < (oneByOne ? 1 : EAGER)) {
            return Wants.ANY;
        }
        return window.isFull() || oneByOne ? Wants.NOTHING : Wants.FULL;
    }

    // Answers of the node.

    /** The node has the batch. */
    void appended(ProduceLink from, ProduceAck answer, long now) {
        if (!stream.is(from)) {
            return;
        }
        Batch batch = window.inFlight(answer.number());
        String wrong = batch == null
                ? "an answer to batch " + answer.number() + ", which is not in flight"
                : answer.contradiction(batch);
        if (batch == null || wrong != null) {
            loseLink(Errors.invalidAnswer("the node sent " + wrong, Outcome.UNKNOWN, null), now);
        } else if (answer.duplicate() && batch.copies() == 1) {
            // Only another producer of the same identity can have sent it before.
            fatal = Errors.identityInUse(null);
        } else {
            window.acknowledge(batch);
            backoff.reset();
            lastError = null;
            oneByOne = oneByOne && !window.isEmpty();
            deliveries.succeeded(batch, answer.firstOffset());
            source.release(batch);
        }
        run(now);
    }

    /** The node has refused the batch, and continues with the batches behind it. */
    void refused(ProduceLink from, long number, LignumException error, long now) {
        if (!stream.is(from)) {
            return;
        }
        Batch batch = window.inFlight(number);
        if (batch == null) {
            loseLink(
                    Errors.invalidAnswer(
                            "the node refused batch " + number + ", which is not in flight",
                            Outcome.UNKNOWN,
                            error),
                    now);
        } else {
            decide(batch, error, now);
        }
        run(now);
    }

    private void decide(Batch batch, LignumException error, long now) {
        boolean ofEarlierCopies = error instanceof LignumException.Fenced
                || error instanceof LignumException.UnknownProducer;
        // The node refused this copy. It reports UNKNOWN for earlier copies, which this producer
        // knows about itself.
        boolean unknown = error.outcome() == Outcome.UNKNOWN && !ofEarlierCopies;
        window.refuse(batch, error, unknown);
        boolean loginEnded = error instanceof LignumException.NotAuthenticated;
        if (error instanceof LignumException.NotLeader || loginEnded) {
            stream.leave(now);
        }
        if (loginEnded) { // The next stream finds out whether the credentials were replaced.
            lastError = error;
            settling = true;
        } else if (error instanceof LignumException.Fenced) {
            fatal = error;
        } else if (error instanceof LignumException.UnknownProducer && window.isNumbered()) {
            settling = true;
        } else if (Errors.isRetriable(error) && (window.isNumbered() || !unknown)) {
            lastError = error;
            settling = true;
        } else if (failedBatches.mayTurnUp(batch, error)) {
            lastError = error;
            settling = true;
        } else {
            giveUp(batch, batch.isInDoubt() ? Errors.withOutcome(error, true) : error);
        }
    }

    /** The stream has ended, or could not be opened. */
    void ended(ProduceLink from, LignumException error, long now) {
        if (stream.is(from)) {
            stream.ended();
            lost(error, now);
            run(now);
        }
    }

    /** A leader is known. */
    void leaderFound(long now) {
        if (stream.isLeaderElsewhere()) {
            stream.leave(now);
            settling = true;
        }
        backoff.leaderFound();
        run(now);
    }

    // Failures.

    private void loseLink(LignumException error, long now) {
        stream.cancel(!stream.isLeaving());
        lost(error, now);
    }

    private void lost(LignumException error, long now) {
        lastError = error;
        settling = true;
        backoff.wantLeader();
        boolean notApplied = error.outcome() == Outcome.NOT_APPLIED
                && (error.code().equals(Errors.SHUTTING_DOWN)
                        || Errors.isOfTheNode(error)
                        || Errors.isOfReplacedCredentials(error));
        List<Batch> lost = window.lose(!notApplied);
        if (Errors.isOfTheNode(error)) {
            failEverything(error, now);
        } else if (error.code().equals(Errors.REQUEST_TOO_LARGE)) {
            if (lost.size() == 1) {
                window.clearDoubt(lost.get(0)); // The node can accept no copy of it.
                giveUp(lost.get(0), error);
            }
            oneByOne = true;
        } else if (!window.isNumbered() && !notApplied) {
            LignumException unknown = Errors.lost(error);
            lost.forEach(batch -> giveUp(batch, unknown));
        } else if (!Errors.isRetriable(error)) {
            lost.forEach(batch -> failedBatches.abandon(batch, error));
        }
    }

    private void giveUpSilentLink(long now) {
        OptionalLong silentAt = stream.silentAt(window.oldestSent());
        if (silentAt.isPresent() && now - silentAt.getAsLong() >= 0) {
            loseLink(Errors.timeout("no answer within the request timeout", Outcome.UNKNOWN), now);
        }
    }

    private void settle(long now) {
        settling = false;
        Window.Settlement settlement = window.settle();
        settlement
                .unknown()
                .forEach(batch ->
                        failedBatches.end(batch, Errors.forgotten(settlement.forgotten())));
        if (settlement.foreign() != null) {
            fatal = Errors.identityInUse(settlement.foreign());
        } else if (stream.isLeaving()) {
            goToTheLeader(now);
        } else if (settlement.pause()) {
            backoff.begin(now);
        }
    }

    private void goToTheLeader(long now) {
        boolean known = stream.isLeaderElsewhere() && backoff.mayFollowHint();
        stream.cancel(false);
        if (!known) {
            backoff.wantLeader();
            backoff.begin(now);
        }
    }

    private void expire(long now) {
        failedBatches.expireUnsent(now, lastError);
        for (Batch batch : window.expired(now)) {
            if (batch.hasFailed()) {
                continue; // It was lost with the stream of a batch before it.
            }
            boolean unknown = batch.mayBeApplied();
            LignumException error = Errors.expired(
                    unknown ? Outcome.UNKNOWN : Outcome.NOT_APPLIED,
                    batch.refusal() == null ? lastError : batch.refusal());
            if (unknown && window.isNumbered()) {
                failedBatches.abandon(batch, error);
            } else if (batch.isInFlight()) {
                loseLink(error, now);
            } else {
                giveUp(batch, error);
            }
        }
    }

    private void giveUp(Batch batch, LignumException error) {
        settling |= failedBatches.giveUp(batch, error);
    }

    /** Ends the producer. Batches in flight end with outcome UNKNOWN. */
    void shutDown(LignumException reason, long now) {
        fatal = reason;
        run(now);
    }

    private void failEverything(LignumException error, long now) {
        stream.cancel(false);
        failedBatches.failAll(error, now);
        settling = false;
    }

    /** Nanoseconds until {@link #run} is due if nothing happens before; empty if it is not due. */
    OptionalLong nextLook(long now) {
        long look = Long.MAX_VALUE;
        look = sooner(
                look,
                source.nextDeadline(stream.isConnected() && !settling && !backoff.isOn(now)),
                now);
        look = sooner(look, window.nextDeadline(), now);
        look = sooner(look, stream.silentAt(window.oldestSent()), now);
        look = sooner(look, stream.slowAt(window.oldestSent()), now);
        look = sooner(look, backoff.end(), now);
        return look == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(Math.max(0, look));
    }

    private static long sooner(long look, OptionalLong at, long now) {
        return at.isPresent() ? Math.min(look, at.getAsLong() - now) : look;
    }
}
