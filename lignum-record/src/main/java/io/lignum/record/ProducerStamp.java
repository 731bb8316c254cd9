package io.lignum.record;

/**
 * Who sent a batch, and where it stands in that producer's sequence.
 *
 * @param producerId the producer, 0 or more
 * @param producerEpoch the producer's incarnation, 0 or more
 * @param baseSequence the first record's number, 0 or more
 */
public record ProducerStamp(long producerId, short producerEpoch, int baseSequence) {}
