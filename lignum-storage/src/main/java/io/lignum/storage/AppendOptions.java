package io.lignum.storage;

import io.lignum.record.ProducerStamp;

import org.jspecify.annotations.Nullable;

import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Sets the conditions of an append.
 *
 * @param expectedEndOffset append only if the log ends here, else
 *     {@link StorageException.EndOffsetMismatch}
 * @param producer the producer and the sequence of the first record, so that a repeat is
 *     recognised; null for none. Must be null for a batch that its producer built, which carries
 *     its own
 * @param expectedEpoch append only if the log is led at exactly this epoch, else
 *     {@link StorageException.NotLeading}; see {@link TopicLog#lead}
 */
public record AppendOptions(
        OptionalLong expectedEndOffset,
        @Nullable ProducerStamp producer,
        OptionalInt expectedEpoch) {

    /** No condition, no producer. */
    public static final AppendOptions NONE = new AppendOptions(OptionalLong.empty(), null);

    /** Without a condition on the epoch. */
    public AppendOptions(OptionalLong expectedEndOffset, @Nullable ProducerStamp producer) {
        this(expectedEndOffset, producer, OptionalInt.empty());
    }

    public static AppendOptions expecting(long endOffset) {
        return new AppendOptions(OptionalLong.of(endOffset), null);
    }

    public static AppendOptions from(ProducerStamp producer) {
        return new AppendOptions(OptionalLong.empty(), producer);
    }

    /** A copy that also requires the log to be led at this epoch. */
    public AppendOptions withExpectedEpoch(int epoch) {
        return new AppendOptions(expectedEndOffset, producer, OptionalInt.of(epoch));
    }
}
