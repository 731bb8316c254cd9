package io.lignum.client.internal.producer;

import org.jspecify.annotations.Nullable;

/**
 * A node's answer that a batch is in its log.
 *
 * @param number the number of the batch
 * @param duplicate whether an earlier copy of the batch was appended
 */
record ProduceAck(long number, long firstOffset, long count, boolean duplicate) {

    /**
     * The answer of a node that sends an empty one. It contradicts every batch, because no batch
     * has zero records.
     */
    static final ProduceAck EMPTY = new ProduceAck(0, 0, 0, false);

    /** What is wrong with the answer; null if it is valid. */
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
