package io.lignum.storage;

import io.lignum.record.LogRecord;
import io.lignum.record.ProducerStamp;
import io.lignum.record.RecordBatch;
import io.lignum.storage.internal.segment.ProducerStates;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;

/**
 * Admits the appends of one log: checks each, gives it its offset, recognises repeats, and adds it
 * to a group for the log's writer. This is where concurrent appends become one group commit:
 *
 * <ol>
 *   <li>A thread appends: the queue checks role, producer, expected end and timestamps, copies the
 *       records into the open group of the {@link StepQueue}, and counts the next offset up.
 *   <li>If no other thread holds the {@link WriterTurn} the thread gets it, and has the
 *       {@link LogWriter} run. Else it only waits, and other threads add to the same group
 *       meanwhile.
 *   <li>The writer takes the groups of one round ({@link #take}), writes and forces them, and takes
 *       what was added during that time.
 * </ol>
 *
 * <p>An append that is refused has changed nothing. Offsets are counted before the write, so a
 * failed write takes them back: {@link #reset} fails everything that is queued.
 *
 * <p>Any thread. This object's monitor guards everything; it is held for the copy of one append,
 * and never during I/O.
 */
final class AppendQueue {

    private final StoreShared store;
    private final SegmentFill fill;
    private final StepQueue steps;
    private final LogRole role;
    private final WriterTurn turn;
    private @Nullable StorageException refusal;
    private ProducerStates producers;
    private long nextOffset;
    private boolean usesReserve;

    AppendQueue(StoreShared store, SegmentFill fill, LogState state) {
        this.store = store;
        this.fill = fill;
        producers = state.producers().copy();
        nextOffset = state.writtenEnd();
        steps = new StepQueue(store, fill);
        role = new LogRole(fill.topic(), state.epochs().last());
        turn = new WriterTurn(store.clock());
    }

    /** Adds one record, without a producer. */
    synchronized Queued append(LogRecord record, int bound, AppendOptions options, Ack ack) {
        refuseIfStopped();
        role.checkLeads(options.expectedEpoch());
        expect(options.expectedEndOffset());
        long now = store.clock().wallMillis();
        fill.timestamps().check(record.timestampOr(now), now);
        AppendGroup group = steps.groupFor(bound);
        group.addRecord(record, bound, now, nextOffset, role.epoch());
        return placed(group, bound, 1, role.epoch(), ack);
    }

    /** Adds a batch of records. */
    synchronized Queued append(Records records, AppendOptions options, Ack ack) {
        ProducerStamp producer = records.producer();
        Queued repeat = repeat(producer, records.count(), options, ack);
        if (repeat != null) {
            store.budget().release(records.bound());
            return repeat;
        }
        refuseIfStopped();
        role.checkLeads(options.expectedEpoch());
        check(producer, records.count());
        expect(options.expectedEndOffset());
        long now = store.clock().wallMillis();
        for (LogRecord record : records.records()) {
            fill.timestamps().check(record.timestampOr(now), now);
        }
        AppendGroup group = steps.groupFor(records.bound());
        group.addRecords(records, now, nextOffset, role.epoch());
        accept(producer, records.count());
        return placed(group, records.bound(), records.count(), role.epoch(), ack);
    }

    /** Adds a batch that its producer built. */
    synchronized Queued append(ByteBuffer batch, RecordBatch view, AppendOptions options, Ack ack) {
        ProducerStamp producer = BatchValidation.producerOf(view);
        Queued repeat = repeat(producer, view.recordCount(), options, ack);
        if (repeat != null) {
            store.budget().release(batch.remaining());
            return repeat;
        }
        refuseIfStopped();
        role.checkLeads(options.expectedEpoch());
        check(producer, view.recordCount());
        expect(options.expectedEndOffset());
        checkTimestamps(view);
        AppendGroup group = steps.groupFor(batch.remaining());
        group.addBatch(batch, view.recordCount(), nextOffset, role.epoch());
        accept(producer, view.recordCount());
        return placed(group, batch.remaining(), view.recordCount(), role.epoch(), ack);
    }

    /** Adds a batch that a leader stamped, byte for byte. */
    synchronized Queued appendStamped(ByteBuffer batch, RecordBatch view, Ack ack) {
        refuseIfStopped();
        role.checkFollows(view.epoch());
        expect(OptionalLong.of(view.baseOffset()));
        AppendGroup group = steps.groupFor(batch.remaining());
        group.addStamped(batch, view.recordCount());
        accept(BatchValidation.producerOf(view), view.recordCount());
        return placed(group, batch.remaining(), view.recordCount(), view.epoch(), ack);
    }

    /**
     * Adds a command behind all appends so far.
     *
     * @throws StorageException.Closed the log is closed
     */
    synchronized Queued submit(WriterCommand command) {
        if (refusal instanceof StorageException.Closed) {
            throw refusal;
        }
        steps.add(command);
        return turn.take();
    }

    private void refuseIfStopped() {
        if (refusal != null) {
            throw refusal;
        }
        steps.refuseIfTorn();
        if (usesReserve) {
            store.refuseIfFailed();
        } else {
            store.refuseAppends();
        }
    }

    /** From now on appends are admitted below the reserve of free space, too. */
    synchronized void useReserve() {
        usesReserve = true;
    }

    /** Whether an Error ended a call that was changing the queue: the store must end then. */
    synchronized boolean isTorn() {
        return steps.isTorn();
    }

    private void expect(OptionalLong expectedEnd) {
        if (expectedEnd.isPresent() && expectedEnd.getAsLong() != nextOffset) {
            throw new StorageException.EndOffsetMismatch(
                    fill.topic(), expectedEnd.getAsLong(), nextOffset);
        }
    }

    private void check(@Nullable ProducerStamp producer, int count) {
        if (producer != null) {
            ProducerCheck.check(producers, producer, count);
        }
    }

    /**
     * Checks the first and the newest timestamp in the header of a batch that its producer built.
     */
    private void checkTimestamps(RecordBatch view) {
        long now = store.clock().wallMillis();
        fill.timestamps().check(view.baseTimestamp(), now);
        fill.timestamps().check(view.maxTimestamp(), now);
    }

    private void accept(@Nullable ProducerStamp producer, int count) {
        if (producer != null) {
            producers.accept(producer, count, nextOffset, store.clock().wallMillis());
        }
    }

    /**
     * Makes a repeated batch wait for its first copy, which may still be on its way (R34); null if
     * the batch is no known repeat. A repeat takes no disk space, so a full disk does not refuse
     * it. Any other refusal has the outcome UNKNOWN: the first copy may be in the log.
     */
    synchronized @Nullable Queued repeat(
            @Nullable ProducerStamp producer, int count, AppendOptions options, Ack ack) {
        if (producer == null) {
            return null;
        }
        producers.expire(store.producerLimitMillis());
        OptionalLong first = producers.firstCopy(producer, count);
        if (first.isEmpty()) {
            return null;
        }
        steps.refuseIfTorn();
        StorageException refused = refusal != null ? refusal : store.failure().refusal();
        if (refused == null) {
            refused = role.refusal(options.expectedEpoch());
        }
        if (refused != null) {
            throw refused.unknown();
        }
        steps.placed(first.getAsLong(), count, ack);
        return turn.take();
    }

    private Queued placed(AppendGroup group, int bytes, int count, int epoch, Ack ack) {
        ack.placed(nextOffset, count, false);
        nextOffset += count;
        role.lastBatch(epoch);
        steps.placed(group, bytes, count, ack);
        return turn.take();
    }

    /** Takes out what the writer does next. NOTHING: the writer has given its turn back. */
    synchronized StepQueue.Taken take(List<AppendGroup> round) {
        turn.progress().move();
        StepQueue.Taken taken = steps.take(round);
        if (taken == StepQueue.Taken.NOTHING) {
            turn.giveBack();
        }
        return taken;
    }

    /** Something is waiting, but not enough to be worth a system call. */
    synchronized boolean hasLittle() {
        return steps.hasLittle();
    }

    /** The command found by {@link #take}. */
    synchronized WriterCommand takenCommand() {
        return steps.takenCommand();
    }

    /** Gives the writer's turn back if nothing is queued, and says whether it did. */
    synchronized boolean giveBackIfIdle() {
        boolean idle = steps.isEmpty();
        if (idle) {
            turn.giveBack();
        }
        return idle;
    }

    /** When the writer last made progress. */
    Progress progress() {
        return turn.progress();
    }

    /**
     * Takes the queue back to the end of the active segment: moves all queued appends to
     * {@code off}, for the caller to fail. Commands stay.
     */
    synchronized void reset(LogState state, List<Step> off) {
        steps.reset(state.active(), off);
        nextOffset = state.active().summary().endOffset();
        producers = state.producers().copy();
        role.lastBatch(state.epochs().last());
    }

    /** Refuses everything from now on, and moves all queued steps, commands too, to {@code off}. */
    synchronized void refuse(StorageException reason, List<Step> off) {
        steps.clear(off);
        refuse(reason);
    }

    /** Refuses appends from now on; what is queued stays for {@link #refused}. */
    synchronized void refuse(StorageException reason) {
        if (!(refusal instanceof StorageException.Closed)) {
            refusal = reason;
        }
    }

    /**
     * The next queued step, to be failed; null when none is left. Called when memory may be short.
     */
    synchronized @Nullable Step refused() {
        return steps.poll();
    }

    /** Stamps local appends with this epoch from now on; returns the offset of the next. */
    synchronized long lead(int epoch) {
        role.lead(epoch);
        steps.beginBatch();
        return nextOffset;
    }

    /** Refuses local appends from now on. */
    synchronized void follow() {
        role.follow();
    }

    /** Changes the settings that decide when a segment is full. */
    synchronized void configure(TopicConfig config) {
        fill.configure(config);
    }

    /** Forgets producers that sent nothing for long; true if there were any. */
    synchronized boolean expireProducers() {
        return producers.expire(store.producerLimitMillis());
    }

    /** What is known of producers' batches below an offset; see {@link ProducerStates#below}. */
    synchronized ByteBuffer producersBelow(long offset, int maxBytes) {
        return producers.below(offset, maxBytes);
    }

    synchronized int epoch() {
        return role.epoch();
    }
}
