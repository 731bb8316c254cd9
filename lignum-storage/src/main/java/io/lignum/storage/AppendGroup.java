package io.lignum.storage;

import io.lignum.record.LogRecord;
import io.lignum.record.ProducerStamp;
import io.lignum.record.RecordBatch;
import io.lignum.record.RecordBatchBuilder;
import io.lignum.storage.internal.segment.Checks;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects appends that are written together: record batches, one after the other in one buffer,
 * and the {@link Ack}s that wait for them. Single records share a batch.
 *
 * <p>Filled under the lock of the {@link AppendQueue}. When the writer takes the group out, it
 * belongs to the writer.
 */
final class AppendGroup implements Step {

    /** An estimate, so that most lists need not grow. */
    private static final int BYTES_PER_ACK = 256;

    private record Repeat(Ack ack, long firstEnd) {}

    private final ByteBuffer buffer;
    private final int maxBatchBytes;
    private final long startNanos;
    private final RecordBatchBuilder shared = new RecordBatchBuilder();
    private final Acks acks;
    private final List<Repeat> repeats = new ArrayList<>(0);
    private int records;
    private int reservedBytes;
    private boolean rollBefore;
    private boolean sealAfter;
    private boolean settled;

    AppendGroup(ByteBuffer buffer, int maxBatchBytes, long startNanos) {
        this.buffer = buffer;
        this.maxBatchBytes = maxBatchBytes;
        this.startNanos = startNanos;
        acks = new Acks(buffer.capacity() / BYTES_PER_ACK);
    }

    boolean fits(int bytes) {
        return buffer.remaining() >= bytes + RecordBatch.HEADER_BYTES;
    }

    /**
     * Adds a record to the batch that single records share. The caller has checked
     * {@link #fits}.
     */
    void addRecord(LogRecord record, int bound, long nowMillis, long offset, int epoch) {
        if (shared.isOpen() && shared.sizeInBytes() + bound > maxBatchBytes) {
            shared.finish();
        }
        if (!shared.isOpen()) {
            shared.begin(buffer, offset, epoch);
        }
        Checks.invariant(
                shared.append(record.timestampOr(nowMillis), record),
                "the record fits into the group");
        records++;
    }

    /** Adds records as a batch of their own. */
    void addRecords(Records all, long nowMillis, long offset, int epoch) {
        finishShared();
        shared.begin(buffer, offset, epoch);
        ProducerStamp producer = all.producer();
        if (producer != null) {
            shared.producer(
                    producer.producerId(), producer.producerEpoch(), producer.baseSequence());
        }
        for (LogRecord record : all.records()) {
            Checks.invariant(
                    shared.append(record.timestampOr(nowMillis), record),
                    "the batch fits into the group");
        }
        shared.finish();
        records += all.count();
    }

    /** Adds a batch that its producer built, and stamps offset and epoch into it. */
    void addBatch(ByteBuffer batch, int count, long offset, int epoch) {
        int at = copy(batch, count);
        RecordBatch.at(buffer, at).stamp(offset, epoch);
    }

    /** Adds batches that a leader stamped, byte for byte. */
    void addStamped(ByteBuffer batches, int count) {
        copy(batches, count);
    }

    private int copy(ByteBuffer bytes, int count) {
        finishShared();
        int at = buffer.position();
        buffer.put(bytes.duplicate());
        records += count;
        return at;
    }

    /** The next single record begins a new batch. */
    void finishShared() {
        if (shared.isOpen()) {
            shared.finish();
        }
    }

    void add(Ack ack) {
        acks.add(ack);
    }

    /**
     * Adds a repeat, which gets the outcome of the first copy; that copy ends at {@code firstEnd}.
     */
    void addRepeat(Ack ack, long firstEnd) {
        repeats.add(new Repeat(ack, firstEnd));
    }

    /**
     * Moves the repeats whose first copy ends at or below {@code end} to {@code kept}. Called when
     * the group is refused and the log ends at {@code end}.
     */
    void keepRepeats(long end, Acks kept) {
        for (Repeat repeat : repeats) {
            if (repeat.firstEnd <= end) {
                kept.add(repeat.ack);
            }
        }
        repeats.removeIf(repeat -> repeat.firstEnd <= end);
    }

    /**
     * Fails the repeats whose first copy was written, below {@code end}, and was then cut from the
     * log.
     */
    void failRepeats(long end, StorageException unknown) {
        Acks removed = new Acks(0);
        keepRepeats(end, removed);
        removed.fail(unknown);
    }

    /** Counts bytes of the store's budget that are released with the group. */
    void reserved(int bytes) {
        reservedBytes += bytes;
    }

    void rollBefore() {
        rollBefore = true;
    }

    void sealAfter() {
        sealAfter = true;
    }

    boolean rollsBefore() {
        return rollBefore;
    }

    boolean sealsAfter() {
        return sealAfter;
    }

    /** Finishes the batches and returns them, ready to be written. The writer only. */
    ByteBuffer finish() {
        finishShared();
        return buffer.flip();
    }

    ByteBuffer buffer() {
        return buffer;
    }

    void acknowledge() {
        acks.acknowledge();
        repeated().acknowledge();
    }

    /** Fails those that are not complete. */
    void fail(StorageException cause) {
        acks.fail(cause);
        repeated().fail(cause);
    }

    private Acks repeated() {
        Acks waiting = new Acks(repeats.size());
        repeats.forEach(repeat -> waiting.add(repeat.ack));
        return waiting;
    }

    /** True the first time only: the caller then releases the group's buffer and budget. */
    boolean settle() {
        boolean first = !settled;
        settled = true;
        return first;
    }

    int records() {
        return records;
    }

    int reservedBytes() {
        return reservedBytes;
    }

    long startNanos() {
        return startNanos;
    }
}
