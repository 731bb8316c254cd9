package io.lignum.storage;

import io.lignum.record.ProducerStamp;
import io.lignum.record.RecordBatch;
import io.lignum.storage.internal.segment.ActiveSegment;
import io.lignum.storage.internal.segment.Checkpoint;
import io.lignum.storage.internal.segment.Checks;
import io.lignum.storage.internal.segment.EpochHistory;
import io.lignum.storage.internal.segment.ProducerStates;
import io.lignum.storage.internal.segment.SegmentList;
import io.lignum.storage.internal.segment.SegmentManifest;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Holds the state of one log: its segments, offsets, epochs and producers. The log's writer changes
 * it. Any thread reads what the first half of the methods returns; the second half is for the
 * writer.
 *
 * <p>A batch is published in this order: the size of its segment, the written end, the acknowledged
 * end. A reader goes the opposite way, so everything below the acknowledged end that it sees is
 * complete.
 */
final class LogState {

    private final Path directory;
    private final ReadWaiters waiters;

    private volatile SegmentList segments;
    private volatile long logStartOffset;
    private volatile long writtenEnd;
    private volatile long flushedEnd;
    private volatile long acknowledgedEnd;
    private volatile OptionalLong highWatermark;
    private volatile EpochHistory epochs;
    private final AtomicInteger cuts = new AtomicInteger();
    private volatile @Nullable StorageException unreadable;
    private final @Nullable StorageException damage;

    private volatile ActiveSegment active; // Also read by the tick.
    private ProducerStates producers;
    private final SegmentManifest manifest;
    private long checkpointedBytes;
    private volatile boolean checkpointed; // Also read by the tick.
    private volatile OptionalLong checkpointedWatermark;

    LogState(Path directory, Recovered recovered, ReadWaiters waiters) {
        this.directory = directory;
        this.waiters = waiters;
        segments = recovered.segments();
        active = recovered.active();
        logStartOffset = recovered.logStartOffset();
        highWatermark = recovered.highWatermark();
        checkpointedWatermark = highWatermark;
        epochs = recovered.epochs();
        producers = recovered.producers();
        manifest = recovered.manifest();
        damage = recovered.damage();
        long end = active.summary().endOffset();
        writtenEnd = end;
        flushedEnd = end;
        acknowledgedEnd = end;
        checkpointedBytes = active.summary().sizeInBytes();
        checkpointed = recovered.report().clean();
    }

    // ---- for any thread

    Path directory() {
        return directory;
    }

    SegmentList segments() {
        return segments;
    }

    long logStartOffset() {
        return logStartOffset;
    }

    long writtenEnd() {
        return writtenEnd;
    }

    long flushedEnd() {
        return flushedEnd;
    }

    OptionalLong highWatermark() {
        return highWatermark;
    }

    EpochHistory epochs() {
        return epochs;
    }

    /** The largest epoch that is not above {@code epoch}, and where it ends. */
    EpochHistory.End endOf(int epoch) {
        // The end first: the writer publishes the epoch of a batch before it moves the end. In the
        // other order the records of a batch that comes in between would count as the last epoch's.
        long end = writtenEnd;
        return epochs.endOf(epoch, end);
    }

    /** Epoch of the last batch; empty for a log without batches. */
    OptionalInt lastEpoch() {
        EpochHistory history = epochs;
        return history.isEmpty() ? OptionalInt.empty() : OptionalInt.of(history.last());
    }

    /**
     * How often the log was truncated. A reader that has read ahead must then discard what it has.
     */
    int cuts() {
        return cuts.get();
    }

    /**
     * Exclusive end of what may be read: acknowledged and, where there is a high watermark,
     * committed. Never below the log start offset.
     */
    long readableEnd() {
        long acknowledged = acknowledgedEnd;
        OptionalLong watermark = highWatermark;
        long end = watermark.isPresent()
                ? Math.min(acknowledged, watermark.getAsLong())
                : acknowledged;
        return Math.max(end, logStartOffset);
    }

    /**
     * Why the end of the log is damaged, found by recovery; null if it is not. A damaged log never
     * changes.
     */
    @Nullable
    StorageException damage() {
        return damage;
    }

    /** Wall clock at the append of the active segment's first record; empty if it has none. */
    OptionalLong activeSince() {
        ActiveSegment segment = active;
        return segment.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(segment.firstAppendMillis());
    }

    @Nullable
    StorageException unreadable() {
        return unreadable;
    }

    // ---- for the writer

    void account(RecordBatch batch, long nowMillis) {
        epochs = epochs.with(batch.epoch(), batch.baseOffset());
        ProducerStamp producer = BatchValidation.producerOf(batch);
        if (producer != null) {
            producers.accept(producer, batch.recordCount(), batch.baseOffset(), nowMillis);
        }
    }

    void written() {
        checkpointed = false;
        writtenEnd = active.summary().endOffset();
    }

    void flushed(long end) {
        flushedEnd = end;
    }

    void acknowledged(long end) {
        acknowledgedEnd = end;
        waiters.readable(readableEnd());
    }

    /** Raises the high watermark; a lower value changes nothing. Any thread. */
    synchronized void raiseHighWatermark(long offset) {
        if (highWatermark.isEmpty() || highWatermark.getAsLong() < offset) {
            highWatermark = OptionalLong.of(offset);
            waiters.readable(readableEnd());
        }
    }

    /**
     * Sets the high watermark, also to a lower value. Any thread. Readers above the new end keep
     * what they have read.
     */
    synchronized void resetHighWatermark(OptionalLong value) {
        value.ifPresent(offset -> Checks.range("high watermark", offset, 0, Long.MAX_VALUE));
        highWatermark = value;
        waiters.readable(readableEnd());
    }

    void rolled(ActiveSegment next) {
        active = next;
        checkpointedBytes = 0;
        segments = segments.with(next.segment());
    }

    void trimmed(long newStart, int segmentsRemoved) {
        logStartOffset = newStart;
        if (segmentsRemoved > 0) {
            segments = segments.withoutFirst(segmentsRemoved);
        }
        epochs = epochs.trimmedTo(segments.get(0).baseOffset());
    }

    void truncated(SegmentList rest, ActiveSegment newActive, ProducerStates rewound) {
        long end = newActive.summary().endOffset();
        acknowledgedEnd = Math.min(acknowledgedEnd, end);
        writtenEnd = end;
        flushedEnd = Math.min(flushedEnd, end);
        logStartOffset = Math.min(logStartOffset, end);
        epochs = epochs.truncatedTo(end);
        producers = rewound;
        active = newActive;
        segments = rest;
        checkpointed = false;
        cuts.incrementAndGet();
    }

    /** Empties the log, which goes on with {@code next}. */
    void restarted(ActiveSegment next, ProducerStates known) {
        long offset = next.segment().baseOffset();
        // Before the segments change, so that no reader goes on from a removed record.
        logStartOffset = offset;
        acknowledgedEnd = offset;
        writtenEnd = offset;
        flushedEnd = offset;
        epochs = EpochHistory.EMPTY;
        producers = known;
        active = next;
        segments = SegmentList.of(List.of(next.segment()));
        cuts.incrementAndGet();
        raiseIfThere(offset);
        waiters.readable(readableEnd());
    }

    private synchronized void raiseIfThere(long offset) {
        if (highWatermark.isPresent()) {
            raiseHighWatermark(offset);
        }
    }

    void closed(StorageException reason) {
        unreadable = reason;
        waiters.fail(reason);
    }

    /** Ends the waits for more records: the log does not grow any more. It can still be read. */
    void noMoreAppends(StorageException reason) {
        waiters.fail(reason);
    }

    ActiveSegment active() {
        return active;
    }

    ProducerStates producers() {
        return producers;
    }

    SegmentManifest manifest() {
        return manifest;
    }

    long bytesSinceCheckpoint() {
        return active.summary().sizeInBytes() - checkpointedBytes;
    }

    /**
     * Whether the last checkpoint holds everything that is known. A damaged log gets no checkpoint.
     */
    boolean isCheckpointed() {
        return damage != null || (checkpointed && checkpointedWatermark.equals(highWatermark));
    }

    void checkpointed(Checkpoint checkpoint) {
        checkpointedBytes = active.summary().sizeInBytes();
        checkpointedWatermark = checkpoint.highWatermark();
        checkpointed = true;
    }
}
