package io.lignum.storage;

import org.jspecify.annotations.Nullable;

import java.util.OptionalInt;

/**
 * Decides which batches a log takes, and the epoch of local appends: while the log is led, local
 * appends; while it follows, batches that a leader stamped. A log without a role is led at the
 * epoch of its last batch.
 *
 * <p>Kept in memory only. Guarded by the {@link AppendQueue}, so that no append comes between a
 * change of the role and the offset at which the change applies.
 */
final class LogRole {

    private enum Role {
        UNASSIGNED,
        LEADS,
        FOLLOWS
    }

    private final String topic;
    private Role role = Role.UNASSIGNED;
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
        role = Role.LEADS;
        ledEpoch = epoch;
    }

    void follow() {
        role = Role.FOLLOWS;
    }

    /** Epoch of local appends; while the log follows, that of the last batch. */
    int epoch() {
        return role == Role.LEADS ? ledEpoch : lastEpoch;
    }

    /** Checks that a local append is allowed, at the expected epoch if there is one. */
    void checkLeads(OptionalInt expectedEpoch) {
        StorageException refusal = refusal(expectedEpoch);
        if (refusal != null) {
            throw refusal;
        }
    }

    /** Why a local append is refused; null if it is allowed. */
    @Nullable
    StorageException refusal(OptionalInt expectedEpoch) {
        if (role == Role.FOLLOWS) {
            return new StorageException.NotLeading("topic " + topic + " follows another node");
        }
        if (expectedEpoch.isPresent() && expectedEpoch.getAsInt() != epoch()) {
            return new StorageException.NotLeading("topic " + topic + " is led at epoch " + epoch()
                    + ", not at the expected " + expectedEpoch.getAsInt());
        }
        return null;
    }

    /** Checks that a batch of this epoch, which a leader stamped, is allowed. */
    void checkFollows(int batchEpoch) {
        if (role != Role.FOLLOWS) {
            throw new StorageException.NotFollowing(topic, epoch());
        }
        if (batchEpoch < lastEpoch) {
            throw new StorageException.InvalidBatch("the batch is of epoch " + batchEpoch
                    + ", the last one of topic " + topic + " of epoch " + lastEpoch);
        }
    }

    /** Sets the epoch of the last batch; it is lower after a truncation. */
    void lastBatch(int epoch) {
        lastEpoch = epoch;
    }
}
