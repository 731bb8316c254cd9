package io.lignum.storage;

import io.lignum.record.LogRecord;
import io.lignum.record.RecordBatch;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Supplier;

/**
 * Appends to one log: measures the records, reserves their bytes in the store's pending budget,
 * queues them, and has the writer run if the caller got its turn.
 *
 * <p>Any thread. An append whose {@link Ack} is a {@link BlockedAppend} may wait for the budget,
 * and runs the writer itself; any other is refused over the budget, and leaves the writer to the
 * executor.
 */
final class Appender {

    private static final String CUT_SHORT = "an append ended while it was queued";

    private final StoreShared store;
    private final AppendQueue queue;
    private final LogWriter writer;

    Appender(StoreShared store, AppendQueue queue, LogWriter writer) {
        this.store = store;
        this.queue = queue;
        this.writer = writer;
    }

    /** Appends one record. Records without a producer share a batch. */
    void append(LogRecord record, AppendOptions options, Ack ack) {
        if (options.producer() != null) {
            append(List.of(record), options, ack);
            return;
        }
        int bound = Records.measure(record, store.config());
        run(reserved(bound, ack, () -> queue.append(record, bound, options, ack)), ack);
    }

    /** Appends records as one batch. */
    void append(List<LogRecord> records, AppendOptions options, Ack ack) {
        Records measured = Records.measure(records, options.producer(), store.config());
        Queued queued = queue.repeat(measured.producer(), measured.count(), options, ack);
        if (queued == null) {
            queued = reserved(measured.bound(), ack, () -> queue.append(measured, options, ack));
        }
        run(queued, ack);
    }

    /** Appends a batch that its producer built. */
    void append(ByteBuffer batch, AppendOptions options, Ack ack) {
        if (options.producer() != null) {
            throw new IllegalArgumentException(
                    "options.producer is set: a batch carries its producer itself");
        }
        RecordBatch view = BatchValidation.check(batch, store.config().maxBatchBytes());
        Queued queued =
                queue.repeat(BatchValidation.producerOf(view), view.recordCount(), options, ack);
        if (queued == null) {
            queued =
                    reserved(batch.remaining(), ack, () -> queue.append(batch, view, options, ack));
        }
        run(queued, ack);
    }

    /** Appends a batch that a leader stamped. */
    void appendStamped(ByteBuffer batch, Ack ack) {
        RecordBatch view = BatchValidation.check(batch, store.config().maxBatchBytes());
        run(reserved(batch.remaining(), ack, () -> queue.appendStamped(batch, view, ack)), ack);
    }

    /** Queues an append within the budget; releases its bytes if it is refused. */
    private Queued reserved(int bytes, Ack ack, Supplier<Queued> enqueue) {
        store.budget().reserve(bytes, ack instanceof BlockedAppend);
        try {
            return enqueue.get();
        } catch (RuntimeException | Error e) {
            store.budget().release(bytes);
            if (queue.isTorn()) {
                store.failure().fail(CUT_SHORT, e);
                throw store.failure().describe(CUT_SHORT, e, Outcome.NOT_APPLIED);
            }
            throw e;
        }
    }

    private void run(Queued queued, Ack ack) {
        if (queued instanceof WriterTurn turn) {
            if (ack instanceof BlockedAppend) {
                writer.runAsCaller(turn);
            } else {
                writer.runSoon(turn);
            }
        }
    }
}
