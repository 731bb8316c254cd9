package io.lignum.record;

/**
 * Identifies a batch of a producer: its id, its epoch and the batch's place in its sequence. Makes
 * a repeated batch recognisable.
 *
 * @param producerId {@code >= 0}
 * @param producerEpoch {@code >= 0}
 * @param baseSequence sequence of the batch's first record, {@code >= 0}; after 2^31 - 1 comes 0
 */
public record ProducerStamp(long producerId, short producerEpoch, int baseSequence) {
    public ProducerStamp {
        if (producerId < 0 || producerEpoch < 0 || baseSequence < 0) {
            throw new IllegalArgumentException("producer id, epoch and sequence must be >= 0, are "
                    + producerId + ", " + producerEpoch + ", " + baseSequence);
        }
    }
}
