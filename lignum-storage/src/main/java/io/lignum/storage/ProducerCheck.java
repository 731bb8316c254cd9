package io.lignum.storage;

import io.lignum.record.ProducerStamp;
import io.lignum.storage.internal.segment.ProducerStates;

/**
 * Refuses a batch that is not the next one of its producer (R34): turns what {@link ProducerStates}
 * says into the exception that the producer gets. Called under the lock of the {@link AppendQueue}.
 */
final class ProducerCheck {

    private ProducerCheck() {}

    /**
     * Does nothing for the next batch of a producer, and for a repeat whose place is known.
     *
     * @throws StorageException.ProducerFenced a producer with the same id and a higher epoch took
     *     over
     * @throws StorageException.OutOfOrderSequence a batch before this one is missing, or it is a
     *     repeat that is too old to be known
     * @throws StorageException.UnknownProducer the producer is not known and does not start at 0
     */
    static void check(ProducerStates states, ProducerStamp stamp, int count) {
        ProducerStates.Rejection rejection = states.check(stamp, count);
        if (rejection != null) {
            throw exception(rejection, stamp);
        }
    }

    private static StorageException exception(
            ProducerStates.Rejection rejection, ProducerStamp stamp) {
        long id = stamp.producerId();
        int sequence = stamp.baseSequence();
        int expected = rejection.expected();
        return switch (rejection.reason()) {
            case UNKNOWN_PRODUCER -> new StorageException.UnknownProducer(id, sequence);
            case OLD_EPOCH ->
                new StorageException.ProducerFenced(id, stamp.producerEpoch(), expected);
            case GAP -> new StorageException.OutOfOrderSequence(id, sequence, expected, false);
            case OLD_REPEAT ->
                new StorageException.OutOfOrderSequence(id, sequence, expected, true);
        };
    }
}
