package io.lignum.storage;

import io.lignum.record.RecordBatch;
import io.lignum.storage.internal.segment.ActiveSegment;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * Keeps what waits for a log's writer, in order: groups of appends, and commands. The last group is
 * open, and further appends join it until it is full, a command follows, or the writer takes it.
 *
 * <p>An Error, such as a lack of memory, can end a call while it changes the queue. The queue is
 * <em>torn</em> then: nothing of it may be written, and the store ends.
 *
 * <p>Guarded by the {@link AppendQueue}.
 */
final class StepQueue {

    /** What {@link #take} returned. */
    enum Taken {
        NOTHING,
        GROUPS,
        COMMAND
    }

    static final int MAX_ROUND_BYTES = 4 << 20;

    private static final int WORTH_WRITING_BYTES = 32 * 1024;

    private final StoreShared store;
    private final SegmentFill fill;
    /** A linked list: an Error in the middle of adding to it loses nothing of what is in it. */
    private final Deque<Step> closed = new ConcurrentLinkedDeque<>();

    private @Nullable AppendGroup open;
    private @Nullable WriterCommand command;
    private int filledFrom;
    private boolean busy;
    private boolean torn;

    StepQueue(StoreShared store, SegmentFill fill) {
        this.store = store;
        this.fill = fill;
    }

    boolean isTorn() {
        return torn;
    }

    void refuseIfTorn() {
        if (torn) {
            throw new IllegalStateException(
                    "an append to topic " + fill.topic() + " ended while it was queued");
        }
    }

    /**
     * Returns the group that an append of so many bytes joins. If this throws, nothing has changed.
     * After it returned, the queue is torn until {@link #placed} returns.
     */
    AppendGroup groupFor(int bytes) {
        boolean roll = fill.mustRollBefore(bytes + RecordBatch.HEADER_BYTES);
        AppendGroup group = open;
        if (group != null && (roll || !group.fits(bytes))) {
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

    /** Completes an append that is in its group; its {@link Ack} waits with the group. */
    void placed(AppendGroup group, int bytes, int count, Ack ack) {
        fill.add(group.buffer().position() - filledFrom, count);
        group.add(ack);
        if (fill.isFull()) {
            group.sealAfter();
            closeGroup();
            fill.restart();
        }
        group.reserved(bytes);
        torn = false;
    }

    /** Lets a repeated batch wait with the open group; it takes no space there. */
    void placed(long firstOffset, int count, Ack repeat) {
        AppendGroup group = open != null ? open : newGroup(0);
        torn = true;
        repeat.placed(firstOffset, count, true);
        open = group;
        group.addRepeat(repeat, firstOffset + count);
        torn = false;
    }

    void add(WriterCommand next) {
        closeGroup();
        if (next.seals()) {
            fill.restart();
        }
        closed.addLast(next);
    }

    private void closeGroup() {
        if (open != null) {
            closed.addLast(open);
            open = null;
        }
    }

    boolean isEmpty() {
        return closed.isEmpty() && open == null;
    }

    /** Whether something is queued, but too little to be worth a system call. */
    boolean hasLittle() {
        return closed.isEmpty() && open != null && open.buffer().position() < WORTH_WRITING_BYTES;
    }

    /** Takes out what is next: a command, or groups up to 4 MiB that go to the same segment. */
    Taken take(List<AppendGroup> round) {
        if (closed.isEmpty()) {
            if (open == null) {
                return Taken.NOTHING;
            }
            busy = open.buffer().position() > BufferPool.SMALL_BYTES / 2;
            closeGroup();
        }
        refuseIfTorn();
        if (closed.peekFirst() instanceof WriterCommand first) {
            closed.removeFirst();
            command = first;
            return Taken.COMMAND;
        }
        takeGroups(round);
        return Taken.GROUPS;
    }

    private void takeGroups(List<AppendGroup> round) {
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
    }

    /** The command found by {@link #take}. */
    WriterCommand takenCommand() {
        WriterCommand taken = command;
        command = null;
        if (taken == null) {
            throw new IllegalStateException("no command was taken");
        }
        return taken;
    }

    /**
     * Moves all groups to {@code off}; commands stay. The next append goes behind {@code active}.
     */
    void reset(ActiveSegment active, List<Step> off) {
        closeGroup();
        closed.stream().filter(step -> step instanceof AppendGroup).forEach(off::add);
        closed.removeIf(step -> step instanceof AppendGroup);
        fill.restart(active);
    }

    /** Moves everything to {@code off}. */
    void clear(List<Step> off) {
        closeGroup();
        off.addAll(closed);
        closed.clear();
    }

    /**
     * Takes out the next step, the open group last; null if the queue is empty. Needs no memory.
     */
    @Nullable
    Step poll() {
        Step next = closed.pollFirst();
        if (next == null) {
            next = open;
            open = null;
        }
        return next;
    }

    /** The next single record begins a batch of its own: a batch has one epoch. */
    void beginBatch() {
        if (open != null) {
            open.finishShared();
        }
    }
}
