package io.lignum.client.internal.producer;

import io.lignum.client.LignumException;
import io.lignum.record.Compression;
import io.lignum.record.ProducerStamp;
import io.lignum.record.RecordBatch;
import io.lignum.record.RecordBatchBuilder;
import io.lignum.record.RecordHeader;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Records that travel together, their futures, and the state of their delivery.
 *
 * <p>The {@link Accumulator} fills a batch under its lock. Once the {@link Pipeline} has taken the
 * batch, the {@link Window} owns it: only the window changes its state, on the I/O thread. Each
 * transition throws an IllegalStateException in a state that it does not start from.
 *
 * <pre>
 *            seal             sent               acknowledge
 *  FILLING ────────▶ PENDING ──────▶ IN_FLIGHT ─────────────▶ ACKNOWLEDGED
 *     │                │ ▲               │
 *     │                │ └───────────────┤ refuse, lose
 *     │ fail           │ fail            │ fail
 *     └───────▶ FAILED ◀─────────────────┘
 * </pre>
 */
final class Batch {

    /** Where a batch is on its way to the log. */
    enum State {
        /** It accepts records. */
        FILLING,
        /** It is to be sent, or sent again. */
        PENDING,
        /** It was sent on the current stream, and the node has not answered. */
        IN_FLIGHT,
        /** It is in the log. */
        ACKNOWLEDGED,
        /** It was given up and is not sent again. */
        FAILED
    }

    private final RecordBatchBuilder builder = new RecordBatchBuilder();
    private final ByteBuffer buffer;
    private final long createdNanos;
    private final long deadlineNanos;
    private final BatchFutures futures = new BatchFutures();

    /** The bytes that count against the producer's limit. Guarded by the accumulator's lock. */
    private long charged;

    // Below: written by the window only, on the I/O thread.

    private State state = State.FILLING;

    /** Not null from PENDING on. */
    private @Nullable ByteBuffer sealed;

    /** The batch's correlation id, above that of every batch sealed before. Set from PENDING on. */
    private long number;

    private int sequence;
    private long sentNanos;

    /** The copies sent on all streams so far; at least one from IN_FLIGHT on. */
    private int copies;

    /**
     * A copy from an earlier stream may be in the log or still get there. Only if PENDING or
     * IN_FLIGHT.
     */
    private boolean inDoubt;

    /** A batch before this one failed, so the node misses the sequence numbers before it. */
    private boolean behindGap;

    /**
     * The futures have failed for lack of time. The batch is delivered nevertheless, since the node
     * may have it, and then the batches behind it are accepted only if it is in the log.
     */
    private boolean abandoned;

    /** Why the node refused the last copy; null if it was not refused. */
    private @Nullable LignumException refusal;

    /**
     * @param nowNanos the time of the first record, in the terms of {@link System#nanoTime}
     * @param deadlineNanos when the futures must have ended
     */
    Batch(ByteBuffer buffer, long nowNanos, long deadlineNanos) {
        this.buffer = buffer;
        this.createdNanos = nowNanos;
        this.deadlineNanos = deadlineNanos;
        builder.begin(buffer.clear(), 0, 0);
    }

    // Filling, under the accumulator's lock.

    /**
     * Returns the bytes that the record takes; 0 if it does not fit, and then nothing has changed.
     */
    int append(
            long timestamp,
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<RecordHeader> headers,
            CompletableFuture<Long> future) {
        int before = builder.sizeInBytes();
        if (!builder.append(timestamp, key, value, headers)) {
            return 0;
        }
        futures.add(future);
        return builder.sizeInBytes() - before;
    }

    void charge(long bytes) {
        charged += bytes;
    }

    /** Returns what was charged, and sets it to zero. */
    long takeCharge() {
        long bytes = charged;
        charged = 0;
        return bytes;
    }

    /** The number of records. */
    int count() {
        return futures.count();
    }

    BatchFutures futures() {
        return futures;
    }

    ByteBuffer buffer() {
        return buffer;
    }

    long createdNanos() {
        return createdNanos;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    // Transitions.

    /** Closes, stamps and compresses the batch. FILLING to PENDING. */
    void seal(
            long newNumber,
            boolean isBehindGap,
            Compression compression,
            @Nullable ProducerStamp stamp) {
        require(State.FILLING);
        number = newNumber;
        behindGap = isBehindGap;
        if (stamp != null) {
            builder.producer(stamp.producerId(), stamp.producerEpoch(), stamp.baseSequence());
            sequence = stamp.baseSequence();
        }
        int size = builder.finish();
        sealed = RecordBatchBuilder.compress(
                buffer.duplicate().position(0).limit(size), compression);
        state = State.PENDING;
    }

    /** A copy is about to be sent. PENDING to IN_FLIGHT. */
    void sent(long nowNanos) {
        require(State.PENDING);
        copies++;
        sentNanos = nowNanos;
        state = State.IN_FLIGHT;
    }

    /**
     * The node has refused the copy in flight. IN_FLIGHT to PENDING.
     *
     * @param mayBeApplied whether that copy may be in the log nevertheless
     */
    void refuse(LignumException error, boolean mayBeApplied) {
        require(State.IN_FLIGHT);
        refusal = error;
        inDoubt |= mayBeApplied;
        state = State.PENDING;
    }

    /** The stream of the copy in flight has ended. IN_FLIGHT to PENDING. */
    void lose(boolean mayBeApplied) {
        require(State.IN_FLIGHT);
        inDoubt |= mayBeApplied;
        state = State.PENDING;
    }

    /** The node has the batch. IN_FLIGHT to ACKNOWLEDGED. */
    void acknowledge() {
        require(State.IN_FLIGHT);
        inDoubt = false;
        state = State.ACKNOWLEDGED;
    }

    /** The batch is given up. Any state but ACKNOWLEDGED and FAILED, to FAILED. */
    void fail() {
        if (state == State.ACKNOWLEDGED || state == State.FAILED) {
            throw new IllegalStateException("batch " + number + " is " + state);
        }
        state = State.FAILED;
    }

    // Changes within a state.

    /** Gives the batch another place in the producer's sequence, where no copy of it was sent. */
    void restamp(ProducerStamp stamp) {
        require(State.PENDING);
        RecordBatch.at(wireBytes(), 0).stampProducer(stamp);
        sequence = stamp.baseSequence();
        inDoubt = false;
        behindGap = false;
    }

    /** No copy of the batch can be in the log or get there. */
    void clearDoubt() {
        require(State.PENDING);
        inDoubt = false;
    }

    /** A batch before this one has failed. */
    void markBehindGap() {
        behindGap = true;
    }

    /** The time of the futures is up. */
    void abandon() {
        abandoned = true;
    }

    /** The reason of the refusal no longer holds. */
    void clearRefusal() {
        refusal = null;
    }

    private void require(State expected) {
        if (state != expected) {
            throw new IllegalStateException(
                    "batch " + number + " is " + state + ", not " + expected);
        }
    }

    // Queries, on the I/O thread.

    /** Whether the batch is to be sent, or sent again. */
    boolean isPending() {
        return state == State.PENDING;
    }

    boolean isInFlight() {
        return state == State.IN_FLIGHT;
    }

    boolean isAcknowledged() {
        return state == State.ACKNOWLEDGED;
    }

    boolean hasFailed() {
        return state == State.FAILED;
    }

    /** Whether a copy from an earlier stream may be in the log or still get there. */
    boolean isInDoubt() {
        return inDoubt;
    }

    /** Whether the batch may be in the log or get there: it is in flight or in doubt. */
    boolean mayBeApplied() {
        return inDoubt || isInFlight();
    }

    boolean isBehindGap() {
        return behindGap;
    }

    boolean isAbandoned() {
        return abandoned;
    }

    @Nullable
    LignumException refusal() {
        return refusal;
    }

    long number() {
        return number;
    }

    int sequence() {
        return sequence;
    }

    int copies() {
        return copies;
    }

    long sentNanos() {
        return sentNanos;
    }

    /** The bytes to send: those of the buffer's array from its offset to the limit. */
    ByteBuffer wireBytes() {
        if (sealed == null) {
            throw new IllegalStateException("the batch is not sealed");
        }
        return sealed;
    }
}
