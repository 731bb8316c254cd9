package io.lignum.client;

/**
 * Who a producer is, for programs that want a restart of theirs to shut out what is left of the run
 * before: give every run the same id and a higher epoch. A producer without one has a random id.
 *
 * @param id 0 to 2^63-1, unique among all producers of the topic
 * @param epoch 0 to 32767; an epoch that was used once must not be used again
 */
public record ProducerIdentity(long id, int epoch) {
    public ProducerIdentity {
        if (id < 0) {
            throw new IllegalArgumentException("id must be >= 0, is " + id);
        }
        if (epoch < 0 || epoch > Short.MAX_VALUE) {
            throw new IllegalArgumentException("epoch must be 0 to 32767, is " + epoch);
        }
    }
}
