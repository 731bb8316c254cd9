package io.lignum.client;

/**
 * Identifies a producer across restarts of a program. A new run with the same id and a higher epoch
 * fences the previous run: batches of that run are refused from then on. A producer without an
 * identity has a random id.
 *
 * @param id 0 to 2^63-1, unique among all producers of the topic
 * @param epoch 0 to 32767; each run needs a higher epoch than the runs before
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
