package io.lignum.client.internal.producer;

import io.lignum.client.LignumException;
import io.lignum.client.WhenFull;
import io.lignum.client.internal.errors.Errors;
import io.lignum.client.internal.net.BufferPool;
import io.lignum.record.RecordBatch;
import io.lignum.record.RecordHeader;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Collects records into batches. Sending threads append records; the I/O thread takes batches. Any
 * thread; {@link #lock} guards everything, and nothing slower than the copy of one record happens
 * under it.
 */
final class Accumulator implements BatchSource {

    /** The node's default for {@code limits.batch-max-records}. */
    private static final int MAX_RECORDS = 10_000;

    /** What a record counts in addition to its bytes: its future and its offset. */
    private static final int RECORD_OVERHEAD = 64;

    /** The most bytes of lengths, deltas and attributes of a record, and of a header. */
    private static final int MAX_FRAME_BYTES = 40;

    private static final int MAX_HEADER_FRAME_BYTES = 10;
    private static final int MAX_UTF8_BYTES = 3;

    private final ProducerSettings settings;
    private final BufferPool pool;
    private final long lingerNanos;
    private final Runnable wakeUp;
    private final Runnable beforeWaiting;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition spaceFreed = lock.newCondition();
    private final ArrayDeque<Batch> full = new ArrayDeque<>();
    private final Set<Batch> outstanding = new LinkedHashSet<>();
    private @Nullable Batch open;
    private long bytes;
    private boolean closed;

    /**
     * Written by the I/O thread before it looks for a batch, so that a record that comes later
     * wakes it.
     */
    private volatile Wants wants = Wants.ANY;

    /**
     * @param wakeUp called without the lock when there is something that the I/O thread wants
     * @param beforeWaiting throws if the current thread must not wait
     */
    Accumulator(
            ProducerSettings settings, BufferPool pool, Runnable wakeUp, Runnable beforeWaiting) {
        this.settings = settings;
        this.pool = pool;
        this.lingerNanos = settings.linger().toNanos();
        this.wakeUp = wakeUp;
        this.beforeWaiting = beforeWaiting;
    }

    /** Adds a record to a batch. Waits while the buffer is full, as {@link WhenFull} says. */
    CompletableFuture<Long> append(
            long timestamp,
            byte @Nullable [] key,
            byte @Nullable [] value,
            List<RecordHeader> headers) {
        long need = maxBytes(key, value, headers) + RECORD_OVERHEAD;
        if (need > Math.min(settings.maxBytesInFlight(), Integer.MAX_VALUE - 1024)) {
            return CompletableFuture.failedFuture(Errors.tooLarge(
                    "a record of about " + need + " bytes",
                    "maxBytesInFlight",
                    settings.maxBytesInFlight()));
        }
        CompletableFuture<Long> future = new CompletableFuture<>();
        boolean wake;
        lock.lock();
        try {
            LignumException refused = awaitSpace(need);
            if (refused != null) {
                return CompletableFuture.failedFuture(refused);
            }
            Batch batch = open;
            int took = batch == null ? 0 : batch.append(timestamp, key, value, headers, future);
            if (batch == null || took == 0) {
                batch = nextBatch(need);
                took = batch.append(timestamp, key, value, headers, future);
            }
            charge(batch, took + RECORD_OVERHEAD);
            // A large record gets a batch of its own, so its failure affects no other record.
            if (batch.count() == MAX_RECORDS || isLarge(batch)) {
                rollOver();
            }
            wake = isWanted(batch);
        } finally {
            lock.unlock();
        }
        if (wake) {
            wakeUp.run();
        }
        return future;
    }

    private static long maxBytes(
            byte @Nullable [] key, byte @Nullable [] value, List<RecordHeader> headers) {
        long most = MAX_FRAME_BYTES + length(key) + length(value);
        for (int i = 0; i < headers.size(); i++) {
            RecordHeader header = headers.get(i);
            most += MAX_HEADER_FRAME_BYTES
                    + (long) MAX_UTF8_BYTES * header.key().length()
                    + length(header.value());
        }
        return most;
    }

    private static long length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    /** Waits until the bytes fit. Returns why they never will; null if they fit. */
    private @Nullable LignumException awaitSpace(long need) {
        if (closed) {
            return Errors.closed("the producer");
        }
        if (bytes + need <= settings.maxBytesInFlight()) {
            return null;
        }
        long left = settings.whenFull().atMost().map(Duration::toNanos).orElse(Long.MAX_VALUE);
        try {
            while (!closed && bytes + need > settings.maxBytesInFlight()) {
                if (left <= 0) {
                    return Errors.bufferFull(settings.maxBytesInFlight());
                }
                beforeWaiting.run();
                left = spaceFreed.awaitNanos(left);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Errors.bufferFull(settings.maxBytesInFlight());
        }
        return closed ? Errors.closed("the producer") : null;
    }

    private Batch nextBatch(long need) {
        rollOver();
        long size = RecordBatch.HEADER_BYTES + need;
        ByteBuffer buffer = size > settings.batchBytes()
                ? ByteBuffer.allocate((int) size)
                : pool.take(settings.batchBytes());
        long now = System.nanoTime();
        Batch batch = new Batch(buffer, now, now + settings.deliveryTimeout().toNanos());
        outstanding.add(batch);
        open = batch;
        return batch;
    }

    private boolean isLarge(Batch batch) {
        return batch.buffer().capacity() > settings.batchBytes();
    }

    private void rollOver() {
        if (open != null) {
            full.add(open);
            open = null;
        }
    }

    private void charge(Batch batch, long cost) {
        bytes += cost;
        batch.charge(cost);
    }

    /** Whether the I/O thread must be woken for this change. */
    private boolean isWanted(Batch batch) {
        return switch (wants) {
            case NOTHING -> false;
            case FULL -> !full.isEmpty();
            // The first record of a batch starts the time of linger.
            case ANY -> lingerNanos == 0 || batch.count() == 1 || !full.isEmpty();
        };
    }

    /** Ends the wait of linger. Completes when all records appended before have ended. */
    CompletableFuture<Void> flush() {
        CompletableFuture<?>[] ends;
        lock.lock();
        try {
            rollOver();
            ends = outstanding.stream()
                    .map(batch -> batch.futures().ended())
                    .toArray(CompletableFuture[]::new);
        } finally {
            lock.unlock();
        }
        wakeUp.run();
        return CompletableFuture.allOf(ends);
    }

    /** Refuses further records, and ends the waits of {@link #append}. */
    void close() {
        lock.lock();
        try {
            closed = true;
            spaceFreed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void wants(Wants now) {
        wants = now;
    }

    @Override
    public @Nullable Batch take(Wants which, long nowNanos) {
        lock.lock();
        try {
            Batch batch = full.pollFirst();
            if (batch == null
                    && which == Wants.ANY
                    && open != null
                    && nowNanos - open.createdNanos() >= lingerNanos) {
                batch = open;
                open = null;
            }
            return batch;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<Batch> takeExpired(long nowNanos) {
        List<Batch> expired = new ArrayList<>();
        lock.lock();
        try {
            while (!full.isEmpty() && nowNanos - full.getFirst().deadlineNanos() >= 0) {
                expired.add(full.removeFirst());
            }
            if (open != null && nowNanos - open.deadlineNanos() >= 0) {
                expired.add(open);
                open = null;
            }
        } finally {
            lock.unlock();
        }
        return expired;
    }

    @Override
    public OptionalLong nextDeadline(boolean sending) {
        lock.lock();
        try {
            Batch first = full.isEmpty() ? open : full.getFirst();
            if (first == null) {
                return OptionalLong.empty();
            }
            return OptionalLong.of(
                    sending && full.isEmpty() && lingerNanos > 0
                            ? first.createdNanos() + lingerNanos
                            : first.deadlineNanos());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void release(Batch batch) {
        lock.lock();
        try {
            outstanding.remove(batch);
            bytes -= batch.takeCharge();
            if (batch.buffer().capacity() == settings.batchBytes()) {
                pool.give(batch.buffer());
            }
            spaceFreed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
