package io.lignum.storage;

import io.lignum.record.LogRecord;
import io.lignum.record.ProducerStamp;
import io.lignum.record.RecordBatch;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * Where appends of one log meet: gives each its offset, recognises repeats, and gathers them into
 * groups for the log's writer. Whoever finds the writer idle becomes its owner and has to run it;
 * meanwhile the others only add. That is the group commit.
 *
 * <p>Any thread; everything is guarded by this object's monitor, held for the copy of one append
 * and never during I/O.
 */
final class AppendQueue {

    /** What {@link #take} found. */
    enum Taken {
        NOTHING,
        GROUPS,
        COMMAND
    }

    /**
     * What {@link #repeat} found: a batch that is none, or one that waits; its caller may have to
     * run the writer.
     */
    enum Repeated {
        NEW,
        WAITS,
        OWNS
    }

    static final int MAX_ROUND_BYTES = 4 << 20;

    private static final int WORTH_WRITING_BYTES = 32 * 1024;

    private final StoreShared store;
    /** A linked list: an Error in the middle of adding to it loses nothing of what is in it. */
    private final Deque<Step> closed = new ConcurrentLinkedDeque<>();

    private final SegmentFill fill;
    private @Nullable AppendGroup open;
    private @Nullable LogCommand command;
    private @Nullable StorageException refusal;
    private ProducerStates producers;
    private long nextOffset;
    private final LogRole role;
    private int filledFrom;
    private boolean owned;
    private boolean busy;
    private boolean usesReserve;
    /** A call ended while it changed what is queued: nothing of it may be written. */
    private boolean torn;

    private final Progress progress;

    AppendQueue(
            StoreShared store,
            SegmentFill fill,
            ProducerStates producers,
            long nextOffset,
            int lastEpoch) {
        this.store = store;
        this.fill = fill;
        this.producers = producers;
        this.nextOffset = nextOffset;
        role = new LogRole(fill.topic(), lastEpoch);
        progress = new Progress(store.clock());
    }

    /**
     * Adds one record, without a producer. True: the caller owns the writer now and must run it.
     */
    synchronized boolean append(LogRecord record, int bound, AppendOptions options, Ack ack) {
        refuseIfStopped();
        role.checkLeads(options.expectedEpoch());
        expect(options.expectedEndOffset());
        long now = store.clock().wallMillis();
        fill.timestamps().check(record.timestampOr(now), now);
        AppendGroup group = groupFor(bound);
        group.addRecord(record, bound, now, nextOffset, role.epoch());
        return placed(group, bound, 1, role.epoch(), ack);
    }

    /** Adds a batch of records. True: the caller owns the writer now and must run it. */
    synchronized boolean append(Records records, AppendOptions options, Ack ack) {
        ProducerStamp producer = records.producer();
        Repeated repeated = repeat(producer, records.count(), options, ack);
        if (repeated != Repeated.NEW) {
            store.budget().release(records.bound());
            return repeated == Repeated.OWNS;
        }
        refuseIfStopped();
        role.checkLeads(options.expectedEpoch());
        check(producer, records.count());
        expect(options.expectedEndOffset());
        long now = store.clock().wallMillis();
        for (LogRecord record : records.records()) {
            fill.timestamps().check(record.timestampOr(now), now);
        }
        AppendGroup group = groupFor(records.bound());
        group.addRecords(records, now, nextOffset, role.epoch());
        accept(producer, records.count());
        return placed(group, records.bound(), records.count(), role.epoch(), ack);
    }

    /** Adds a batch that is built already. True: the caller owns the writer now and must run it. */
    synchronized boolean append(
            ByteBuffer batch, RecordBatch view, AppendOptions options, Ack ack) {
        ProducerStamp producer = BatchValidation.producerOf(view);
        Repeated repeated = repeat(producer, view.recordCount(), options, ack);
        if (repeated != Repeated.NEW) {
            store.budget().release(batch.remaining());
            return repeated == Repeated.OWNS;
        }
        refuseIfStopped();
        role.checkLeads(options.expectedEpoch());
        check(producer, view.recordCount());
        expect(options.expectedEndOffset());
        checkTimestamps(view);
        AppendGroup group = groupFor(batch.remaining());
        group.addBatch(batch, view.recordCount(), nextOffset, role.epoch());
        accept(producer, view.recordCount());
        return placed(group, batch.remaining(), view.recordCount(), role.epoch(), ack);
    }

    /** Adds a batch stamped elsewhere, byte for byte. True: the caller owns the writer now. */
    synchronized boolean appendStamped(ByteBuffer batch, RecordBatch view, Ack ack) {
        refuseIfStopped();
        role.checkFollows(view.epoch());
        expect(OptionalLong.of(view.baseOffset()));
        AppendGroup group = groupFor(batch.remaining());
        group.addStamped(batch, view.recordCount());
        accept(BatchValidation.producerOf(view), view.recordCount());
        return placed(group, batch.remaining(), view.recordCount(), view.epoch(), ack);
    }

    /** Adds a command behind all appends so far. True: the caller owns the writer now. */
    synchronized boolean submit(LogCommand step) {
        if (refusal instanceof StorageException.Closed) {
            throw refusal;
        }
        closeGroup();
        if (step.seals()) {
            fill.restart();
        }
        closed.addLast(step);
        return own();
    }

    private void refuseIfStopped() {
        if (refusal != null) {
            throw refusal;
        }
        refuseIfTorn();
        if (usesReserve) {
            store.refuseIfFailed();
        } else {
            store.refuseAppends();
        }
    }

    /** Appends are taken below the reserve, too. */
    synchronized void useReserve() {
        usesReserve = true;
    }

    private void refuseIfTorn() {
        if (torn) {
            throw new IllegalStateException(
                    "an append to topic " + fill.topic() + " ended while it was queued");
        }
    }

    /** Whether a call ended half-way: the store must end then. */
    synchronized boolean isTorn() {
        return torn;
    }

    private void expect(OptionalLong expectedEnd) {
        if (expectedEnd.isPresent() && expectedEnd.getAsLong() != nextOffset) {
            throw new StorageException.EndOffsetMismatch(
                    fill.topic(), expectedEnd.getAsLong(), nextOffset);
        }
    }

    private void check(@Nullable ProducerStamp producer, int count) {
        if (producer != null) {
            producers.check(producer, count);
        }
    }

    /**
     * Of a batch that is built already the first and the newest timestamp are looked at, as the
     * header has them.
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
     * Has a batch that is known to be a repeat wait for its first copy, which may still be on its
     * way. That takes no room, so that a full disk does not refuse it; what else refuses it does
     * not say that the batch is not in the log.
     */
    synchronized Repeated repeat(
            @Nullable ProducerStamp producer, int count, AppendOptions options, Ack ack) {
        if (producer == null) {
            return Repeated.NEW;
        }
        producers.expire(store.producerLimitMillis());
        Appended first = producers.firstCopy(producer, count);
        if (first == null) {
            return Repeated.NEW;
        }
        refuseIfTorn();
        StorageException refused = refusal != null ? refusal : store.failure().refusal();
        if (refused == null) {
            refused = role.refusal(options.expectedEpoch());
        }
        if (refused != null) {
            throw refused.unknown();
        }
        AppendGroup group = open != null ? open : newGroup(0);
        torn = true;
        ack.placed(first.firstOffset(), first.count(), true);
        open = group;
        group.addRepeat(ack, first.firstOffset() + first.count());
        torn = false;
        return own() ? Repeated.OWNS : Repeated.WAITS;
    }

    private boolean placed(AppendGroup group, int bytes, int count, int epoch, Ack ack) {
        fill.add(group.buffer().position() - filledFrom, count);
        ack.placed(nextOffset, count, false);
        group.add(ack);
        nextOffset += count;
        role.lastBatch(epoch);
        if (fill.isFull()) {
            group.sealAfter();
            closeGroup();
            fill.restart();
        }
        group.reserved(bytes);
        torn = false;
        return own();
    }

    /**
     * What it throws has changed nothing; afterwards the queue is torn until {@link #placed} is
     * done.
     */
    private AppendGroup groupFor(int bytes) {
        boolean roll = fill.mustRollBefore(bytes + RecordBatch.HEADER_BYTES);
        AppendGroup group = open;
        if (group != null && (roll || !group.hasRoom(bytes))) {
            busy = true;
            group = null;
        }
        boolean fresh = group == null;
        AppendGroup chosen = group == null ? newGroup(bytes) : group;
        torn = true;
        if (fresh) {
            closeGroup();
            open = chosen;
            if (roll) {
                chosen.rollBefore();
                fill.restart();
            }
        }
        filledFrom = chosen.buffer().position();
        return chosen;
    }

    private AppendGroup newGroup(int bytes) {
        ByteBuffer buffer = store.buffers().take(bytes + RecordBatch.HEADER_BYTES, busy);
        return new AppendGroup(
                buffer, store.config().maxBatchBytes(), store.clock().monotonicNanos());
    }

    private void closeGroup() {
        if (open != null) {
            closed.addLast(open);
            open = null;
        }
    }

    private boolean own() {
        boolean mine = !owned;
        if (mine) {
            owned = true;
            progress.begin();
        }
        return mine;
    }

    private void disown() {
        owned = false;
        progress.end();
    }

    /**
     * Hands the owner what is next: a command, or groups up to 4 MiB that go to the same segment.
     * NOTHING ends the ownership.
     */
    synchronized Taken take(List<AppendGroup> round) {
        progress.move();
        if (closed.isEmpty()) {
            if (open == null) {
                disown();
                return Taken.NOTHING;
            }
            busy = open.buffer().position() > BufferPool.SMALL_BYTES / 2;
            closeGroup();
        }
        refuseIfTorn();
        if (closed.peekFirst() instanceof LogCommand first) {
            closed.removeFirst();
            command = first;
            return Taken.COMMAND;
        }
        int bytes = 0;
        while (bytes < MAX_ROUND_BYTES
                && closed.peekFirst() instanceof AppendGroup group
                && (round.isEmpty() || !group.rollsBefore())) {
            closed.removeFirst();
            round.add(group);
            bytes += group.buffer().position();
            if (group.sealsAfter()) {
                break;
            }
            if (closed.isEmpty()) {
                closeGroup();
            }
        }
        return Taken.GROUPS;
    }

    /** Something is waiting, but not enough to be worth a system call. */
    synchronized boolean hasLittle() {
        return closed.isEmpty() && open != null && open.buffer().position() < WORTH_WRITING_BYTES;
    }

    /** The command that {@link #take} found. */
    synchronized LogCommand takenCommand() {
        LogCommand taken = command;
        command = null;
        if (taken == null) {
            throw new IllegalStateException("no command was taken");
        }
        return taken;
    }

    /** Whether the owner may stop: nothing is waiting. If so it is the owner no longer. */
    synchronized boolean releaseIfIdle() {
        if (closed.isEmpty() && open == null) {
            disown();
            return true;
        }
        return false;
    }

    /** When the writer last moved. */
    Progress progress() {
        return progress;
    }

    /**
     * The log ends where the active segment does, and appends that were placed above are off: their
     * groups are moved to {@code off} for the caller to fail. Commands stay.
     */
    synchronized void reset(LogState state, List<Step> off) {
        closeGroup();
        closed.stream().filter(step -> step instanceof AppendGroup).forEach(off::add);
        closed.removeIf(step -> step instanceof AppendGroup);
        nextOffset = state.active().summary().endOffset();
        producers = state.producers().copy();
        role.lastBatch(state.epochs().last());
        fill.restart(state.active());
    }

    /** Takes nothing any more: all that waits, commands too, is moved to {@code off}. */
    synchronized void refuse(StorageException reason, List<Step> off) {
        closeGroup();
        off.addAll(closed);
        closed.clear();
        if (!(refusal instanceof StorageException.Closed)) {
            refusal = reason;
        }
    }

    /** Takes no appends any more; what waits is there for {@link #refused}. */
    synchronized void refuse(StorageException reason) {
        if (!(refusal instanceof StorageException.Closed)) {
            refusal = reason;
        }
    }

    /**
     * The next of what waits, to be failed; null when nothing does. Called when memory may be
     * short.
     */
    synchronized @Nullable Step refused() {
        Step next = closed.pollFirst();
        if (next == null) {
            next = open;
            open = null;
        }
        return next;
    }

    /** Local appends from now on carry this epoch. Answers the offset of the next. */
    synchronized long lead(int epoch) {
        role.lead(epoch);
        if (open != null) {
            open.finishShared(); // A batch is of one epoch.
        }
        return nextOffset;
    }

    /** No local appends from now on. */
    synchronized void follow() {
        role.follow();
    }

    /** Settings that decide when a segment is full. */
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
