package io.lignum.client.internal.producer;

import org.jspecify.annotations.Nullable;

/**
 * A node's answer that a batch is in its log.
 *
 * @param number the batch's
 */
record ProduceAck(long number, long firstOffset, long count, boolean duplicate) {

    /** Contradicts every batch. */
    static final ProduceAck EMPTY = new ProduceAck(0, -1, -1, false);

    /** What cannot be true of it; null: it makes sense. */
    @Nullable
    String contradiction(Batch batch) {
        if (count != batch.count()) {
            return "a count of " + count + " for a batch of " + batch.count();
        }
        return firstOffset < 0 || firstOffset > Long.MAX_VALUE - count
                ? "offset " + Long.toUnsignedString(firstOffset)
                : null;
    }
}
