package io.lignum.client.internal.consumer;

import io.lignum.client.Received;
import io.lignum.client.StoredPosition;
import io.lignum.client.Subscription;
import io.lignum.client.internal.net.ClientContext;
import io.lignum.client.internal.net.IoTasks;

import org.jspecify.annotations.Nullable;

import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Moves records from a reader to a sink, in tasks on an executor. At most one task exists at a
 * time, and none while there is nothing to do: {@link #wakes} counts the calls of {@link #wake}
 * that no task has served, and the call that raises it from zero submits a task. So fields that are
 * not volatile need no lock.
 *
 * <p>An exception or Error of the sink ends the subscription.
 */
final class RecordPump<K, V> implements Subscription {

    /** After this many records a task ends, so that other tasks of the executor get the thread. */
    private static final int RECORDS_PER_TURN = 1_000;

    private final ClientContext context;
    private final RecordReader<K, V> reader;
    private final PositionKeeper keeper;
    private final RecordSink<K, V> sink;
    private final IoTasks tasks;
    private final Executor executor;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean closed;

    /** Starts at one, so that {@link #wake} submits nothing before {@link #begin} does. */
    private final AtomicInteger wakes = new AtomicInteger(1);

    private @Nullable CompletionStage<?> pending;
    private @Nullable StoredPosition pendingPosition;
    private boolean over;
    private volatile boolean saveIsPlanned;

    RecordPump(
            ClientContext context,
            RecordReader<K, V> reader,
            Positions positions,
            RecordSink<K, V> sink) {
        this.context = context;
        this.reader = reader;
        this.keeper = positions.keeper(reader.topic());
        this.sink = sink;
        this.tasks = context.connection().tasks(this::finish);
        this.executor = context.callbacks().forHandlers();
        context.opened(this);
    }

    /** Starts reading. Called once; the sink gets no record before. */
    RecordPump<K, V> begin() {
        reader.start(this::wake);
        submit();
        return this;
    }

    @Override
    public CompletableFuture<Long> started() {
        return reader.started().copy();
    }

    @Override
    public long position() {
        return reader.position();
    }

    @Override
    public OptionalLong logEnd() {
        return reader.logEnd();
    }

    @Override
    public CompletableFuture<Void> ended() {
        return ended.copy();
    }

    @Override
    public void close() {
        closed = true;
        reader.close();
        wake();
    }

    /** There may be something to do: a record, demand, or the end. Any thread. */
    void wake() {
        if (wakes.getAndIncrement() == 0) {
            submit();
        }
    }

    private void submit() {
        try {
            executor.execute(this::run);
        } catch (RuntimeException | Error refused) {
            // The task that this thread owes does not run, so this thread is alone here.
            finish(refused);
        }
    }

    private void run() {
        int owed = wakes.get();
        boolean more = false;
        try {
            more = !over && turn();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt(); // The executor sees the interrupt, too.
            finish(interrupted);
        } catch (Exception failed) {
            finish(failed);
        } catch (Error failed) {
            finish(failed);
            throw failed; // The executor's thread may have to end.
        } finally {
            if (more || wakes.addAndGet(-owed) != 0) {
                submit();
            }
        }
    }

    /** Returns whether there is more to do now. */
    private boolean turn() throws Exception {
        for (int i = 0; i < RECORDS_PER_TURN; i++) {
            if (!pendingIsDone()) {
                return false;
            }
            if (closed) {
                finish(null);
                return false;
            }
            Received<K, V> record = sink.wants() ? reader.next() : null;
            if (record == null) {
                if (reader.isAtEnd()) {
                    finish(null);
                }
                saveOrPlanTo();
                return false;
            }
            pendingPosition = reader.behind(record);
            pending = sink.accept(record);
        }
        return true;
    }

    private boolean pendingIsDone() {
        CompletionStage<?> stage = pending;
        if (stage == null) {
            return true;
        }
        CompletableFuture<?> future = stage.toCompletableFuture();
        if (!future.isDone()) {
            var unused = future.whenComplete((result, error) -> wake());
            return false;
        }
        pending = null;
        future.join();
        if (pendingPosition != null) {
            keeper.processed(pendingPosition);
        }
        return true;
    }

    /* The position of the last records before a pause is saved without waiting for more records. */
    private void saveOrPlanTo() {
        if (!keeper.isDirty()) {
            return;
        }
        long left = keeper.nanosToSave();
        if (left <= 0) {
            keeper.save();
        } else if (!saveIsPlanned) {
            saveIsPlanned = true;
            var unused = tasks.schedule(this::timeToSave, left);
        }
    }

    private void timeToSave() {
        saveIsPlanned = false;
        wake();
    }

    private void finish(@Nullable Throwable failure) {
        if (over) {
            return;
        }
        over = true;
        reader.close();
        context.closed(this);
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
        try {
            keeper.save();
        } catch (RuntimeException | Error notSaved) {
            if (cause == null) {
                cause = notSaved;
            } else {
                cause.addSuppressed(notSaved);
            }
        }
        try {
            sink.ended(cause);
        } finally {
            end(cause);
        }
    }

    private void end(@Nullable Throwable cause) {
        if (cause == null) {
            ended.complete(null);
        } else {
            ended.completeExceptionally(cause);
        }
    }
}
