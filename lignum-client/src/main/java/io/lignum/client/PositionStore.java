package io.lignum.client;

import java.util.Optional;

/**
 * Where consumers are remembered over their own restarts, by name: {@link FilePositionStore}, or
 * the user's own. Called by one consumer at a time, on the threads that consume, which may have
 * been interrupted.
 */
public interface PositionStore {

    /**
     * The position to go on from; empty when there is none yet.
     *
     * @throws RuntimeException it cannot be told; the consumer does not open
     */
    Optional<StoredPosition> load(String consumer, String topic);

    /**
     * Remembers the position to go on from, with the topic's id; has happened for good when it
     * returns.
     *
     * @throws RuntimeException it was not saved; the consumer ends with it
     */
    void save(String consumer, String topic, StoredPosition position);
}
