package io.lignum.storage;

import org.jspecify.annotations.Nullable;

import java.util.OptionalInt;

/**
 * Who gives a log its batches, and the epoch they carry: local appends while it is led, batches
 * that were stamped elsewhere while it follows. A log that was told neither is led at the epoch of
 * its last batch.
 *
 * <p>Kept in memory only. Guarded by the {@link AppendQueue}, so that no append slips between a
 * change of the role and the offset at which the change was made.
 */
final class LogRole {

    private enum Told {
        NOTHING,
        TO_LEAD,
        TO_FOLLOW
    }

    private final String topic;
    private Told told = Told.NOTHING;
    private int ledEpoch;
    private int lastEpoch;

    LogRole(String topic, int lastEpoch) {
        this.topic = topic;
        this.lastEpoch = lastEpoch;
    }

    void lead(int epoch) {
        if (epoch < lastEpoch) {
            throw new IllegalArgumentException("epoch is " + epoch + ", but topic " + topic
                    + " holds a batch of epoch " + lastEpoch);
        }
        told = Told.TO_LEAD;
        ledEpoch = epoch;
    }

    void follow() {
        told = Told.TO_FOLLOW;
    }

    /** Epoch of local appends; of the last batch while the log follows. */
    int epoch() {
        return told == Told.TO_LEAD ? ledEpoch : lastEpoch;
    }

    /** A local append is about to be made, perhaps by somebody who believes to know the epoch. */
    void checkLeads(OptionalInt expectedEpoch) {
        StorageException refusal = refusal(expectedEpoch);
        if (refusal != null) {
            throw refusal;
        }
    }

    /** Why a local append is refused; null if it is not. */
    @Nullable
    StorageException refusal(OptionalInt expectedEpoch) {
        if (told == Told.TO_FOLLOW) {
            return new StorageException.NotLeading("topic " + topic + " follows another node");
        }
        if (expectedEpoch.isPresent() && expectedEpoch.getAsInt() != epoch()) {
            return new StorageException.NotLeading("topic " + topic + " is led at epoch " + epoch()
                    + ", not at the expected " + expectedEpoch.getAsInt());
        }
        return null;
    }

    /** A batch of this epoch, stamped elsewhere, is about to be appended. */
    void checkFollows(int batchEpoch) {
        if (told != Told.TO_FOLLOW) {
            throw new StorageException.NotFollowing(topic, epoch());
        }
        if (batchEpoch < lastEpoch) {
            throw new StorageException.InvalidBatch("the batch is of epoch " + batchEpoch
                    + ", the last one of topic " + topic + " of epoch " + lastEpoch);
        }
    }

    /** The last batch is of this epoch now; lower after batches were cut. */
    void lastBatch(int epoch) {
        lastEpoch = epoch;
    }
}
