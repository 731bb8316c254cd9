package io.lignum.client;

import io.lignum.record.Compression;
import io.lignum.record.ProducerStamp;
import io.lignum.record.RecordBatch;
import io.lignum.record.RecordBatchBuilder;
import io.lignum.record.RecordHeader;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Records that travel together, and their futures. First it is filled, under the lock of the {@link
 * Accumulator}; once taken from there it belongs to the {@link Pipeline}, on the I/O thread.
 */
final class Batch {

    private final RecordBatchBuilder builder = new RecordBatchBuilder();
    private final ByteBuffer buffer;
    private CompletableFuture<?>[] futures = new CompletableFuture<?>[16];
    private int count;

    /** When its first record came, and when the futures must have ended, in nanoTime. */
    final long bornNanos;

    final long deadlineNanos;

    /** Completes after the futures, normally in any case: for flush. */
    final CompletableFuture<Void> ended = new CompletableFuture<>();

    /** What it counts against the producer's bound; guarded by the accumulator's lock. */
    long charged;

    // The rest is the pipeline's.

    private @Nullable ByteBuffer sealed;
    private int sequence;

    /** Its correlation id; batches count up in the order in which they were first sent. */
    long number;

    long sentNanos;

    /** How many copies were sent, on whatever stream. */
    int copies;

    /** On its way on the present stream, and not answered there. */
    boolean inFlight;

    /** A copy was lost with its stream, or was answered so: it may be in the log. */
    boolean inDoubt;

    /** A batch before it was given up, so the node misses sequence numbers before it. */
    boolean behindGap;

    /** Its futures have failed, as time was up; still sent on, as those behind it count on it. */
    boolean abandoned;

    /** Answered for good. */
    boolean settled;

    /** What the last answer said against it. */
    @Nullable
    LignumException refusal;

    Batch(ByteBuffer buffer, long nowNanos, long deadlineNanos) {
        this.buffer = buffer;
        this.bornNanos = nowNanos;
        this.deadlineNanos = deadlineNanos;
        builder.begin(buffer.clear(), 0, 0);
    }

    /** The bytes that the record took, or 0 when it does not fit, and then nothing has changed. */
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
        if (count == futures.length) {
            futures = Arrays.copyOf(futures, count * 2);
        }
        futures[count++] = future;
        return builder.sizeInBytes() - before;
    }

    int count() {
        return count;
    }

    int sequence() {
        return sequence;
    }

    int nextSequence() {
        return (sequence + count) & Integer.MAX_VALUE;
    }

    ByteBuffer buffer() {
        return buffer;
    }

    /** Closes, stamps and compresses it; once. */
    void seal(Compression compression, @Nullable ProducerStamp stamp) {
        if (stamp != null) {
            builder.producer(stamp.producerId(), stamp.producerEpoch(), stamp.baseSequence());
            sequence = stamp.baseSequence();
        }
        int size = builder.finish();
        ByteBuffer plain = buffer.duplicate().position(0).limit(size);
        sealed = RecordBatchBuilder.compress(plain, compression);
    }

    /** Gives the sealed batch another place in the producer's sequence. */
    void restamp(ProducerStamp stamp) {
        RecordBatch.at(wireBytes(), 0).stampProducer(stamp);
        sequence = stamp.baseSequence();
    }

    /** What is sent: an array's bytes from its start to the limit. */
    ByteBuffer wireBytes() {
        if (sealed == null) {
            throw new IllegalStateException("the batch is not sealed");
        }
        return sealed;
    }

    /** Not under a lock: what depends on the futures runs here. */
    @SuppressWarnings("unchecked") // append puts nothing else there.
    void succeed(long firstOffset) {
        for (int i = 0; i < count; i++) {
            ((CompletableFuture<Long>) futures[i]).complete(firstOffset + i);
        }
        ended.complete(null);
    }

    /** Not under a lock: what depends on the futures runs here. */
    void fail(LignumException error) {
        for (int i = 0; i < count; i++) {
            futures[i].completeExceptionally(error);
        }
        ended.complete(null);
    }
}
