package io.lignum.record;

/**
 * Who produced a batch and where in the producer's own sequence it stands, which is what makes a
 * repeated batch recognisable.
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
