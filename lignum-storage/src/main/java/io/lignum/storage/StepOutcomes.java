package io.lignum.storage;

import java.util.List;

/**
 * Acknowledges or fails the steps of a log, and releases the buffer and the budget of each group
 * once. Keeps the repeats whose first copy is in the log although their group was refused; they are
 * acknowledged at the end of the writer's round.
 *
 * <p>Called by the holder of the {@link WriterTurn}; after a failure of the store {@link #fail} is
 * also called by the thread that ends the log.
 */
final class StepOutcomes {

    private final StoreShared store;
    private final Acks repeats = new Acks(0);

    StepOutcomes(StoreShared store) {
        this.store = store;
    }

    void acknowledge(AppendGroup group) {
        release(group);
        group.acknowledge();
    }

    void fail(Step step, StorageException cause) {
        if (step instanceof AppendGroup group) {
            release(group);
            group.fail(cause);
        } else if (step instanceof WriterCommand waiting) {
            waiting.fail(cause);
        }
    }

    /**
     * Fails steps that were queued. Repeats of batches below {@code kept} are kept for
     * {@link #acknowledgeRepeats}. Batches between that and {@code written} were in the log and
     * were cut, and other nodes may have them: their repeats fail with outcome UNKNOWN.
     */
    void refuse(List<Step> off, long kept, long written, StorageException reason) {
        for (Step step : off) {
            if (step instanceof AppendGroup group) {
                group.keepRepeats(kept, repeats);
                group.failRepeats(written, reason.unknown());
            }
        }
        off.forEach(step -> fail(step, reason));
    }

    void acknowledgeRepeats() {
        repeats.acknowledge();
        repeats.clear();
    }

    void failRepeats(StorageException unknown) {
        try {
            repeats.fail(unknown);
        } finally {
            repeats.clear();
        }
    }

    private void release(AppendGroup group) {
        if (group.settle()) {
            store.budget().release(group.reservedBytes());
            store.buffers().giveBack(group.buffer());
        }
    }
}
