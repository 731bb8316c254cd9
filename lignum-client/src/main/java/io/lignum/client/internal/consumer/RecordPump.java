package io.lignum.client.internal.consumer;

import io.lignum.client.Received;
import io.lignum.client.StoredPosition;
import io.lignum.client.Subscription;
import io.lignum.client.internal.net.ClientContext;

import org.jspecify.annotations.Nullable;

import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Moves records from a reader to a sink, as tasks on an executor: one at a time, none while there
 * is nothing to do. {@link #wakes} counts the calls for a task that are not served yet, and whoever
 * makes it leave zero submits one; so the task is alone with everything that is not said to be of
 * any thread.
 */
final class RecordPump<K, V> implements Subscription {

    /** After so many records the thread goes to whoever waits for it. */
    private static final int RECORDS_PER_TURN = 1_000;

    private final ClientContext context;
    private final RecordReader<K, V> reader;
    private final PositionKeeper keeper;
    private final RecordSink<K, V> sink;
    private final Executor executor;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean closed;

    /** Begins with the call that {@link #begin} serves, so that nothing runs before it. */
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
        this.executor = context.callbacks().forHandlers();
        context.opened(this);
    }

    /** Once; nothing is handed out before. */
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

    /** There may be something to do. Any thread. */
    void wake() {
        if (wakes.getAndIncrement() == 0) {
            submit();
        }
    }

    private void submit() {
        try {
            executor.execute(this::run);
        } catch (RejectedExecutionException refused) {
            // This thread owes the task, so it is alone in it, and none comes after it.
            finish(refused);
        }
    }

    private void run() {
        int owed = wakes.get();
        boolean more = false;
        try {
            more = !over && turn();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt(); // Whose thread it is, is to see it too.
            finish(interrupted);
        } catch (Exception failed) {
            finish(failed);
        }
        if (more || wakes.addAndGet(-owed) != 0) {
            submit();
        }
    }

    /** True: there is more to do at once. */
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

    /* The last records before a pause shall not wait for the next ones to be saved. */
    private void saveOrPlanTo() {
        if (!keeper.isDirty()) {
            return;
        }
        long left = keeper.nanosToSave();
        if (left <= 0) {
            keeper.save();
        } else if (!saveIsPlanned) {
            saveIsPlanned = true;
            var unused = context.connection()
                    .loop()
                    .schedule(this::timeToSave, left, TimeUnit.NANOSECONDS);
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
        } catch (RuntimeException notSaved) {
            cause = cause == null ? notSaved : cause;
        }
        sink.ended(cause);
        if (cause == null) {
            ended.complete(null);
        } else {
            ended.completeExceptionally(cause);
        }
    }
}
