package io.lignum.client;

import java.util.Optional;

/**
 * Stores the positions of named consumers, so that they resume after a restart of the program.
 * {@link FilePositionStore} is one; programs may have their own. Each consumer calls it from the
 * threads that consume, one at a time; their interrupt flag may be set.
 */
public interface PositionStore {

    /**
     * Returns the position to resume at; empty if none is stored.
     *
     * @throws RuntimeException the position cannot be read; the consumer does not open
     */
    Optional<StoredPosition> load(String consumer, String topic);

    /**
     * Stores the position to resume at, durably when this returns.
     *
     * @throws RuntimeException the position was not stored; the consumer ends with this exception
     */
    void save(String consumer, String topic, StoredPosition position);
}
