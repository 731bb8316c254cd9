package io.lignum.storage;

import io.lignum.storage.env.DiskFullException;
import io.lignum.storage.env.ShortageException;
import io.lignum.storage.internal.segment.ActiveSegment;
import io.lignum.storage.internal.segment.FileCache;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Writes, forces and acknowledges the appends of one log, round by round. One round takes
 * what was queued during the round before, up to {@link StepQueue#MAX_ROUND_BYTES}:
 *
 * <ol>
 *   <li>{@link AppendQueue#take} hands over groups of appends, or a command.
 *   <li>The groups are written to the active segment, which is rolled first if they do not fit.
 *   <li>With {@link Durability#ALWAYS} the segment is forced. A force is a request and a
 *       completion; in a simulation the completion comes in a later step.
 *   <li>The end offset is published, and the appends are acknowledged.
 *   <li>A full segment is sealed, and a checkpoint is written if one is due.
 * </ol>
 *
 * <p>Run by one thread at a time, the holder of the {@link WriterTurn}: a thread that appends, or a
 * task on the store's executor. The fields are guarded by the turn.
 *
 * <p>A shortage of space or file handles refuses the queued appends, with nothing written, and the
 * log goes on. Any other failure ends the log and the store, and what was being written has the
 * outcome UNKNOWN.
 */
final class LogWriter implements Runnable {

    /** How a round ended, and what the thread that ran it holds. */
    private enum RoundEnd {
        /** The thread still holds the turn. */
        DONE,
        /** The completion of the force takes over the turn. */
        FORCING,
        /** Nothing was queued, and the turn was given back. */
        IDLE
    }

    /** Rounds before the writers of other logs get a thread of the executor. */
    private static final int ROUNDS_A_TASK = 16;

    private static final long GATHER_NANOS = 50_000;

    private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);

    private static final int REQUESTED = 0;
    private static final int LATER = 1;
    private static final int DONE = 2;

    private final TopicLog log;
    private final StoreShared store;
    private final LogState state;
    private final AppendQueue queue;
    private final LogMaintenance maintenance;
    private final List<AppendGroup> round = new ArrayList<>();
    private final StepOutcomes outcomes;
    private final AtomicInteger force = new AtomicInteger();
    private FileCache.@Nullable Lease lease;
    private @Nullable WriterCommand command;
    private @Nullable IOException forceFailure;
    private long forceStarted;

    LogWriter(
            TopicLog log,
            StoreShared store,
            LogState state,
            AppendQueue queue,
            LogMaintenance maintenance) {
        this.log = log;
        this.store = store;
        this.state = state;
        this.queue = queue;
        this.maintenance = maintenance;
        outcomes = new StepOutcomes(store);
    }

    /**
     * Queues a command behind all appends so far.
     *
     * @throws StorageException.Closed the log is closed
     */
    void submit(WriterCommand command) {
        if (queue.submit(command) instanceof WriterTurn turn) {
            runSoon(turn);
        }
    }

    /** Forgets producers that sent nothing for long, in the queue; true if there were any. */
    boolean expireProducers() {
        return queue.expireProducers();
    }

    /** Hands the turn to the executor. */
    void runSoon(WriterTurn turn) {
        turn.requireHeld();
        store.execute(this);
    }

    /** A task on the executor, which holds the turn. */
    @Override
    public void run() {
        for (int i = 0; i < ROUNDS_A_TASK; i++) {
            if (round() != RoundEnd.DONE) {
                return;
            }
            gather();
        }
        store.execute(this);
    }

    /**
     * Waits a moment for more appends when only few are queued. Without forces there is no natural
     * pause in which appends gather, and a stream of single appends would become a stream of tiny
     * writes.
     */
    private void gather() {
        if (log.config().durability() != Durability.ALWAYS && queue.hasLittle()) {
            store.clock().pause(GATHER_NANOS);
        }
    }

    /**
     * Runs one round on a thread that appends, so that no other thread has to wake up for it. Hands
     * the turn to the executor for the rest, and if too many such threads do I/O already.
     */
    void runAsCaller(WriterTurn turn) {
        if (!store.enterAsCaller()) {
            runSoon(turn);
            return;
        }
        boolean more;
        try {
            more = round() == RoundEnd.DONE && !queue.giveBackIfIdle();
        } finally {
            store.leaveAsCaller();
        }
        if (more) {
            runSoon(turn);
        }
    }

    /** The top of every thread that runs a writer, so nothing escapes. */
    private RoundEnd round() {
        try {
            switch (queue.take(round)) {
                case NOTHING -> {
                    return RoundEnd.IDLE;
                }
                case COMMAND -> {
                    command = queue.takenCommand();
                    command.run(store.space());
                    command = null;
                }
                case GROUPS -> {
                    write();
                    return requestForce();
                }
            }
        } catch (Throwable e) {
            stop(e);
        }
        return RoundEnd.DONE;
    }

    private void write() throws IOException {
        store.refuseIfFailed();
        FileCache.Lease file;
        try {
            prepare();
            file = store.files().lease(state.active().segment());
        } catch (ShortageException e) {
            refuseFrom(0, e);
            return;
        }
        lease = file;
        ActiveSegment active = state.active();
        long started = store.clock().monotonicNanos();
        long beforeBytes = active.summary().sizeInBytes();
        long baseOffset = active.summary().endOffset();
        for (int i = 0; i < round.size(); i++) {
            ByteBuffer batches = round.get(i).finish();
            try {
                active.write(file.file(), batches, log.config().durability() == Durability.ALWAYS);
            } catch (DiskFullException e) {
                refuseFrom(i, e);
                break;
            }
            active.account(batches, store.clock().wallMillis(), state::account);
        }
        maintenance.keepSpace(file.file());
        state.written();
        WrittenBatches written =
                new WrittenBatches(round, baseOffset, active.summary().endOffset(), (int)
                        (active.summary().sizeInBytes() - beforeBytes));
        store.listener().written(log, written, store.clock().monotonicNanos() - started);
    }

    /**
     * Makes the active segment ready for this round.
     *
     * @throws ShortageException it is not ready now; nothing was written
     */
    private void prepare() throws IOException {
        maintenance.repairTail();
        if (log.config().durability() == Durability.ALWAYS) {
            maintenance.finishSealing(); // The topic may have had another durability until now.
        }
        if (maintenance.isRollDue() || round.get(0).rollsBefore()) {
            maintenance.roll();
        }
    }

    /** Refuses these groups, and everything queued behind them: nothing of it is in the log. */
    private void refuseFrom(int first, ShortageException shortage) {
        store.space().found(shortage);
        List<Step> off = new ArrayList<>(round.subList(first, round.size()));
        round.subList(first, round.size()).clear();
        queue.reset(state, off);
        long end = state.active().summary().endOffset();
        outcomes.refuse(off, end, end, store.space().refusal(shortage));
    }

    /**
     * Fails everything that is queued after a truncation or reset. Repeats of batches below
     * {@code kept} are acknowledged. Batches between that and {@code written} were in the log and
     * were cut, and other nodes may have them: their repeats fail with outcome UNKNOWN.
     */
    void refuseQueued(long kept, long written, StorageException reason) {
        List<Step> off = new ArrayList<>();
        queue.reset(state, off);
        outcomes.refuse(off, kept, written, reason);
        outcomes.acknowledgeRepeats();
    }

    /** Fails all that is queued and refuses everything from now on, between two rounds. */
    void refuseAll(StorageException reason) {
        List<Step> off = new ArrayList<>();
        queue.refuse(reason, off);
        state.closed(reason);
        outcomes.refuse(off, state.writtenEnd(), state.writtenEnd(), reason);
        outcomes.acknowledgeRepeats();
    }

    private RoundEnd requestForce() throws IOException {
        FileCache.Lease file = lease;
        boolean wanted = log.config().durability() == Durability.ALWAYS
                && state.flushedEnd() < state.writtenEnd();
        if (file == null || !wanted) {
            endRound();
            return RoundEnd.DONE;
        }
        forceStarted = store.clock().monotonicNanos();
        force.set(REQUESTED);
        file.file().force(this::forced);
        if (force.compareAndSet(REQUESTED, LATER)) {
            return RoundEnd.FORCING;
        }
        endForcedRound();
        return RoundEnd.DONE;
    }

    private void forced(@Nullable IOException failure) {
        forceFailure = failure;
        if (force.compareAndSet(REQUESTED, DONE)) {
            return; // Still inside the request: its caller goes on.
        }
        try {
            endForcedRound();
        } catch (Throwable e) {
            stop(e);
        }
        store.execute(this);
    }

    private void endForcedRound() throws IOException {
        IOException failure = forceFailure;
        if (failure != null) {
            throw failure;
        }
        store.listener().forced(log, store.clock().monotonicNanos() - forceStarted);
        maintenance.flushedTo(state.active().summary().endOffset());
        endRound();
    }

    private void endRound() throws IOException {
        closeLease();
        if (log.config().durability() != Durability.ALWAYS) {
            store.refuseIfFailed(); // After a failure nothing forces these appends any more.
        }
        state.acknowledged(state.active().summary().endOffset());
        boolean seal = !round.isEmpty() && round.get(round.size() - 1).sealsAfter();
        for (AppendGroup group : round) {
            acknowledge(group);
        }
        round.clear();
        outcomes.acknowledgeRepeats();
        if (seal) {
            roll();
        }
        maintenance.checkpointIfDue();
    }

    private void acknowledge(AppendGroup group) {
        int bytes = group.buffer().limit();
        outcomes.acknowledge(group);
        long nanos = store.clock().monotonicNanos() - group.startNanos();
        store.listener().acknowledged(log, group.records(), bytes, nanos);
    }

    /** After a shortage nothing is appended to the full segment until a later roll succeeds. */
    private void roll() throws IOException {
        try {
            maintenance.roll();
        } catch (ShortageException e) {
            store.space().found(e);
        }
    }

    private void closeLease() throws IOException {
        FileCache.Lease file = lease;
        lease = null;
        if (file != null) {
            file.close();
        }
    }

    /**
     * Ends the log after a failed disk or a broken invariant. What was being written may or may not
     * be there after a restart. A second force would prove nothing: the kernel may have marked the
     * pages clean after the first one failed (Rebello et al., USENIX ATC 2020).
     */
    private void stop(Throwable cause) {
        String what = "log of topic " + log.name() + " stopped";
        StorageException unknown = store.failure().describe(what, cause, Outcome.UNKNOWN);
        round.forEach(group -> StoreFailure.guarded(() -> outcomes.fail(group, unknown)));
        round.clear();
        StoreFailure.guarded(() -> outcomes.failRepeats(unknown));
        StoreFailure.guarded(() -> endCommand(unknown));
        StoreFailure.guarded(this::closeLeaseQuietly);
        boolean first = store.failure().fail(what, cause);
        StoreFailure.guarded(
                () -> end(store.failure().describe(what, cause, Outcome.NOT_APPLIED), unknown));
        if (first) {
            StoreFailure.guarded(() -> store.listener().failed(log, unknown));
        }
    }

    private void endCommand(StorageException unknown) {
        WriterCommand running = command;
        command = null;
        if (running != null) {
            running.fail(unknown);
        }
    }

    private void closeLeaseQuietly() {
        try {
            closeLease();
        } catch (IOException e) {
            LOG.warn("closing a file of topic {}: {}", log.name(), e.toString());
        }
    }

    /**
     * Refuses appends from now on, and fails what is queued with {@code unknown}. Any thread; the
     * holder of the turn ends its own round.
     */
    void end(StorageException refusal, StorageException unknown) {
        queue.refuse(refusal);
        for (Step step = queue.refused(); step != null; step = queue.refused()) {
            outcomes.fail(step, unknown);
        }
        state.noMoreAppends(refusal);
    }
}
