package io.lignum.storage;

import io.lignum.storage.env.ShortageException;
import io.lignum.storage.internal.segment.ProducerStates;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * What is done to a log beside appending and reading. Each call is queued behind the appends before
 * it and runs on an engine thread; its future completes when it is done, durably, and fails with
 * {@link StorageException.Closed} when the log is closed or deleted. Any thread; nothing blocks or
 * is thrown.
 */
public final class LogAdmin {

    @FunctionalInterface
    interface Work {
        void run() throws IOException;
    }

    private static final ByteBuffer NO_PRODUCERS = ByteBuffer.allocate(0);

    private final TopicLog log;
    private final StoreShared store;
    private final LogWriter writer;
    private final LogMaintenance maintenance;
    private final LogReset reset;
    private long endAtLastLook = -1;

    LogAdmin(
            TopicLog log,
            StoreShared store,
            LogWriter writer,
            LogMaintenance maintenance,
            LogReset reset) {
        this.log = log;
        this.store = store;
        this.writer = writer;
        this.maintenance = maintenance;
        this.reset = reset;
    }

    /** Forces all that is appended so far. */
    public CompletableFuture<Void> flush() {
        return done(submit(maintenance::flush));
    }

    /**
     * Forces all that is appended so far, and writes down what is known of the log, its high
     * watermark too: it is not lower when the log is opened again. On a full disk the high
     * watermark alone, in place; fails with {@link StorageException.DiskFull} if there is nothing
     * to write it to yet, and the log is as it was.
     */
    public CompletableFuture<Void> checkpoint() {
        return done(submit(maintenance::checkpointIfNew));
    }

    /** Deletes all below {@code newStartOffset}, which must be readable or the readable end. */
    public CompletableFuture<Void> trim(long newStartOffset) {
        return done(submit(() -> maintenance.trim(newStartOffset)));
    }

    /** Seals the active segment, unless it is empty. */
    public CompletableFuture<Void> sealActive() {
        return done(submit(sealing()));
    }

    /**
     * Cuts all at and above {@code toOffset}, after saving it aside; a batch is never cut in two.
     * Fails with {@link StorageException.BelowHighWatermark} rather than cut what is committed.
     */
    public CompletableFuture<TruncateResult> truncate(long toOffset) {
        CompletableFuture<TruncateResult> result = new CompletableFuture<>();
        CompletableFuture<@Nullable Object> ran =
                submit(() -> result.complete(reset.truncate(toOffset)));
        return ran.thenCompose(ignored -> result);
    }

    /**
     * Empties the log, which then starts and ends at {@code offset}, above its end or below: for a
     * follower that has nothing, from its leader's start on, that the leader has. Epochs and
     * producers are forgotten, a high watermark below is raised to it. Appends that are queued
     * behind fail. What was in the log is saved aside first, as by {@link #truncate}; of a log with
     * a high watermark, what is not committed.
     *
     * <p>Fails with {@link StorageException.BelowHighWatermark} for an offset that is below the log
     * end offset and below the high watermark.
     */
    public CompletableFuture<Void> startAt(long offset) {
        return startAt(offset, NO_PRODUCERS);
    }

    /**
     * As above, and the log knows of its producers what another node's
     * {@link TopicLog#producersBelow} gave for the same offset, so that repeats of batches that are
     * trimmed are recognised.
     *
     * @throws IllegalArgumentException {@code producers} is not what such a call gives
     */
    public CompletableFuture<Void> startAt(long offset, ByteBuffer producers) {
        ProducerStates known = ProducerStates.fromOther(
                producers.duplicate(),
                offset,
                store.config().maxProducers(),
                store.clock().wallMillis());
        return done(submit(() -> reset.startAt(offset, known)));
    }

    /**
     * Reads the segment again that a reader found damaged, on an engine thread and without any
     * index: up to a whole segment. For who is about to give up a copy of the log, and must not do
     * so for a passing fault.
     *
     * @return completes with the damage if it is there, with none if the segment is whole or was
     *     trimmed or cut meanwhile; fails with {@link StorageException.DiskFailed} or
     *     {@link StorageException.Overloaded} when the file cannot be read now, which proves
     *     nothing, and with {@link StorageException.Closed}
     */
    public CompletableFuture<Optional<StorageException.CorruptLog>> confirmDamage(
            StorageException.CorruptLog suspected) {
        return CompletableFuture.supplyAsync(() -> confirm(suspected), store::execute);
    }

    private Optional<StorageException.CorruptLog> confirm(StorageException.CorruptLog suspected) {
        try {
            return new Scrub(store, log.state()).confirm(suspected);
        } catch (ShortageException e) {
            throw store.space().refusal(e);
        } catch (IOException e) {
            throw new StorageException.DiskFailed(
                    "reading topic " + log.name() + " again", e, Outcome.NOT_APPLIED);
        }
    }

    // ---- for the store

    private LogCommand sealing() {
        return new LogCommand(
                () -> {
                    maintenance.flush();
                    maintenance.roll();
                    return null;
                },
                true);
    }

    private CompletableFuture<@Nullable Object> submit(Work work) {
        return submit(command(work));
    }

    /**
     * Never throws: who calls this may be a loop that has other logs to look after. Fails at once
     * after a failure of the store, also while a thread is stuck in the disk.
     */
    private CompletableFuture<@Nullable Object> submit(LogCommand command) {
        StorageException failed = store.failure().refusal();
        if (failed != null) {
            command.fail(failed);
            return command.result();
        }
        try {
            enqueue(command);
        } catch (StorageException.Closed refusal) {
            command.fail(refusal);
        }
        return command.result();
    }

    private static LogCommand command(Work work) {
        return new LogCommand(() -> {
            work.run();
            return null;
        });
    }

    private void enqueue(LogCommand command) {
        writer.submit(command);
    }

    private static CompletableFuture<Void> done(CompletableFuture<@Nullable Object> ran) {
        return ran.thenAccept(ignored -> {});
    }

    /** Queues work that nobody waits for; if it fails the log's own rules for failures apply. */
    void enqueue(Work work) {
        enqueue(command(work));
    }

    void sealLater() {
        enqueue(sealing());
    }

    void flushLater() {
        enqueue(() -> {
            maintenance.flush();
            maintenance.checkpointIfDue();
        });
    }

    void trimLater(long newStart) {
        enqueue(() -> maintenance.trim(newStart));
    }

    void keepRoomAhead() {
        var unused = submit(maintenance::keepRoomAhead); // Of no use to a log that is closed.
    }

    void checkpointLater() {
        enqueue(maintenance::checkpointIfRoom);
    }

    /** Forgets producers that sent nothing for long. */
    void expireProducers() {
        if (writer.expireProducers()) {
            enqueue(maintenance::expireProducers);
        }
    }

    /**
     * Seals what was forced in the background and goes on with the next; nothing when the log is
     * closed.
     */
    void continueSealing() {
        try {
            enqueue(maintenance::continueSealing);
        } catch (StorageException.Closed e) {
            return; // Whoever closed it has sealed it too.
        }
    }

    /** Nothing was written between the last two looks. Asked by the tick only. */
    boolean wasIdleSinceLastLook() {
        long end = log.logEndOffset();
        boolean idle = end == endAtLastLook;
        endAtLastLook = end;
        return idle;
    }

    /** Finishes what is queued, forces and checkpoints, and refuses everything from then on. */
    CompletableFuture<Void> close(StorageException reason) {
        return close(reason, maintenance::close);
    }

    /** Finishes what is queued, refuses everything from then on, and takes the files away. */
    CompletableFuture<Void> delete(StorageException reason, Work remove) {
        return close(reason, () -> {
            maintenance.retireFiles();
            remove.run();
        });
    }

    /** Throws Closed if somebody did that already, as nothing was begun then. */
    private CompletableFuture<Void> close(StorageException reason, Work last) {
        LogCommand closing = command(() -> {
            writer.refuseAll(reason);
            last.run();
        });
        enqueue(closing);
        return done(closing.result());
    }

    /** Waits, and throws what the future failed with. */
    static <T> T await(CompletableFuture<T> result) {
        try {
            return result.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof StorageException storage) {
                throw storage;
            }
            throw e;
        }
    }
}
