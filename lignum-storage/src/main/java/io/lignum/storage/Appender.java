package io.lignum.storage;

import io.lignum.record.LogRecord;
import io.lignum.record.RecordBatch;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Measures what is to be appended, reserves room for it among the store's pending bytes, and queues
 * it. Every method answers whether the caller owns the log's writer now and must run it. Any
 * thread.
 */
final class Appender {

    private static final String CUT_SHORT = "an append ended while it was queued";

    private final StoreShared store;
    private final AppendQueue queue;

    Appender(StoreShared store, AppendQueue queue) {
        this.store = store;
        this.queue = queue;
    }

    /** Records without a producer share a batch. */
    boolean append(LogRecord record, AppendOptions options, Ack ack, boolean mayBlock) {
        if (options.producer() != null) {
            return append(List.of(record), options, ack, mayBlock);
        }
        int bound = Records.measure(record, store.config());
        return reserved(bound, mayBlock, () -> queue.append(record, bound, options, ack));
    }

    boolean append(List<LogRecord> records, AppendOptions options, Ack ack, boolean mayBlock) {
        Records measured = Records.measure(records, options.producer(), store.config());
        return switch (queue.repeat(measured.producer(), measured.count(), options, ack)) {
            case OWNS -> true;
            case WAITS -> false;
            case NEW ->
                reserved(measured.bound(), mayBlock, () -> queue.append(measured, options, ack));
        };
    }

    boolean append(ByteBuffer batch, AppendOptions options, Ack ack, boolean mayBlock) {
        if (options.producer() != null) {
            throw new IllegalArgumentException(
                    "options.producer is set: a batch carries its producer itself");
        }
        RecordBatch view = BatchValidation.check(batch, store.config().maxBatchBytes());
        return switch (queue.repeat(
                BatchValidation.producerOf(view), view.recordCount(), options, ack)) {
            case OWNS -> true;
            case WAITS -> false;
            case NEW ->
                reserved(
                        batch.remaining(), mayBlock, () -> queue.append(batch, view, options, ack));
        };
    }

    boolean appendStamped(ByteBuffer batch, Ack ack) {
        RecordBatch view = BatchValidation.check(batch, store.config().maxBatchBytes());
        return reserved(batch.remaining(), false, () -> queue.appendStamped(batch, view, ack));
    }

    /** What is refused takes no room. */
    private boolean reserved(int bytes, boolean mayBlock, BooleanSupplier enqueue) {
        store.budget().reserve(bytes, mayBlock);
        try {
            return enqueue.getAsBoolean();
        } catch (RuntimeException | Error e) {
            store.budget().release(bytes);
            if (queue.isTorn()) {
                store.failure().fail(CUT_SHORT, e);
                throw store.failure().describe(CUT_SHORT, e, Outcome.NOT_APPLIED);
            }
            throw e;
        }
    }
}
