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
 * Changes a log in other ways than by appends: forces, trims, seals, truncates, resets, closes.
 * Each call is queued behind the appends before it and runs on an engine thread. Its future
 * completes when the change is durable, and fails with {@link StorageException.Closed} when the log
 * is closed or deleted.
 *
 * <p>Any thread; the calls neither block nor throw.
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

    /** Forces everything that was appended so far. */
    public CompletableFuture<Void> flush() {
        return done(submit(maintenance::flush));
    }

    /**
     * Forces everything that was appended so far, and writes a checkpoint with the high watermark,
     * which is then not lower when the log is opened again. On a full disk writes only the high
     * watermark, into the existing checkpoint; without one fails with
     * {@link StorageException.DiskFull}, and the log is as before.
     */
    public CompletableFuture<Void> checkpoint() {
        return done(submit(maintenance::checkpointIfNew));
    }

    /**
     * Deletes the records below {@code newStartOffset}, which must be a readable offset or the
     * readable end.
     */
    public CompletableFuture<Void> trim(long newStartOffset) {
        return done(submit(() -> maintenance.trim(newStartOffset)));
    }

    /** Seals the active segment, unless it is empty. */
    public CompletableFuture<Void> sealActive() {
        return done(submit(sealing()));
    }

    /**
     * Cuts the records at and above {@code toOffset}, after it has saved them to a side file. A
     * batch is never cut in two. Fails with {@link StorageException.BelowHighWatermark} if
     * committed records would be cut.
     */
    public CompletableFuture<TruncateResult> truncate(long toOffset) {
        CompletableFuture<TruncateResult> result = new CompletableFuture<>();
        CompletableFuture<@Nullable Object> ran =
                submit(() -> result.complete(reset.truncate(toOffset)));
        return ran.thenCompose(ignored -> result);
    }

    /**
     * Empties the log, which then starts and ends at {@code offset}, above or below its present
     * end. For a follower that must take over its leader's log from that log's start. Epochs and
     * producers are forgotten, and a high watermark below {@code offset} is raised to it. Queued
     * appends fail. The records are saved to a side file first, as by {@link #truncate}; of a log
     * with a high watermark, those that are not committed.
     *
     * <p>Fails with {@link StorageException.BelowHighWatermark} for an offset that is below the log
     * end offset and below the high watermark.
     */
    public CompletableFuture<Void> startAt(long offset) {
        return startAt(offset, NO_PRODUCERS);
    }

    /**
     * Empties the log as {@link #startAt(long)} does, and gives it the states of producers that
     * another node's {@link TopicLog#producersBelow} returned for the same offset, so that repeats
     * of trimmed batches are recognised.
     *
     * @throws IllegalArgumentException {@code producers} is not what that method returns
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
     * Reads the segment again that a reader found damaged, on an engine thread and without its
     * index; that is up to a whole segment. For a caller that is about to give up a copy of the
     * log, and must not do so for a read that failed once.
     *
     * @return completes with the damage if it is there; with none if the segment is whole, or was
     *     trimmed or truncated meanwhile; fails with {@link StorageException.DiskFailed} or
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

    private WriterCommand sealing() {
        return new WriterCommand(
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
     * Queues a command; never throws, since the caller may be a loop over all logs. After a failure
     * of the store it fails the command at once, even while a thread is stuck in the disk.
     */
    private CompletableFuture<@Nullable Object> submit(WriterCommand command) {
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

    private static WriterCommand command(Work work) {
        return new WriterCommand(() -> {
            work.run();
            return null;
        });
    }

    private void enqueue(WriterCommand command) {
        writer.submit(command);
    }

    private static CompletableFuture<Void> done(CompletableFuture<@Nullable Object> ran) {
        return ran.thenAccept(ignored -> {});
    }

    /**
     * Queues work that no caller waits for. If it fails, the rules for failures of the log apply.
     */
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

    void keepSpaceAhead() {
        var unused = submit(maintenance::keepSpaceAhead); // A closed log needs no space.
    }

    void checkpointLater() {
        enqueue(maintenance::checkpointIfSpace);
    }

    /** Forgets producers that sent nothing for long. */
    void expireProducers() {
        if (writer.expireProducers()) {
            enqueue(maintenance::expireProducers);
        }
    }

    /**
     * Seals what was forced in the background, and goes on with the next segment; does nothing on a
     * closed log.
     */
    void continueSealing() {
        try {
            enqueue(maintenance::continueSealing);
        } catch (StorageException.Closed e) {
            return; // Closing has sealed it.
        }
    }

    /** Whether nothing was written between the last two calls. Called by the tick only. */
    boolean wasIdleSinceLastLook() {
        long end = log.logEndOffset();
        boolean idle = end == endAtLastLook;
        endAtLastLook = end;
        return idle;
    }

    /**
     * Finishes the queued steps, forces, writes a checkpoint, and refuses everything from then on.
     */
    CompletableFuture<Void> close(StorageException reason) {
        return close(reason, maintenance::close);
    }

    /** Finishes the queued steps, refuses everything from then on, and removes the files. */
    CompletableFuture<Void> delete(StorageException reason, Work remove) {
        return close(reason, () -> {
            maintenance.retireFiles();
            remove.run();
        });
    }

    /** Throws Closed if the log was closed before; nothing has started then. */
    private CompletableFuture<Void> close(StorageException reason, Work last) {
        WriterCommand closing = command(() -> {
            writer.refuseAll(reason);
            last.run();
        });
        enqueue(closing);
        return done(closing.result());
    }

    /** Waits for the result; throws what the future failed with. */
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
