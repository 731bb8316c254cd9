package io.lignum.client.internal.producer;

import io.lignum.client.ProducerIdentity;
import io.lignum.record.ProducerStamp;

import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** The identity of a producer and the sequence number of its next record. One thread at a time. */
final class Sequencer {

    private final boolean numbered;
    private final boolean ownIdentity;
    private long id;
    private int epoch;
    private int next;

    Sequencer(boolean idempotent, Optional<ProducerIdentity> identity) {
        this.numbered = idempotent;
        this.ownIdentity = identity.isEmpty();
        this.id = identity.map(ProducerIdentity::id).orElseGet(Sequencer::randomId);
        this.epoch = identity.map(ProducerIdentity::epoch).orElse(0);
    }

    private static long randomId() {
        return ThreadLocalRandom.current().nextLong(Long.MAX_VALUE);
    }

    boolean isNumbered() {
        return numbered;
    }

    /** Whether the client chooses epochs. The epochs of a user's identity belong to the user. */
    boolean ownsIdentity() {
        return ownIdentity;
    }

    /** The stamp of the next batch; null if batches are not numbered. */
    @Nullable
    ProducerStamp next(int count) {
        if (!numbered) {
            return null;
        }
        ProducerStamp stamp = new ProducerStamp(id, (short) epoch, next);
        next = (next + count) & Integer.MAX_VALUE;
        return stamp;
    }

    /** Continues at this sequence number. */
    void continueAt(int sequence) {
        next = sequence;
    }

    /** Begins a new epoch, which fences batches of the old one that may still be under way. */
    void nextEpoch() {
        next = 0;
        if (epoch < Short.MAX_VALUE) {
            epoch++;
        } else {
            id = randomId();
            epoch = 0;
        }
    }
}
