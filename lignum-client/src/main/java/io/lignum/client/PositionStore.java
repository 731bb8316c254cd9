package io.lignum.client;

import java.util.OptionalLong;

/**
 * Where consumers are remembered over their own restarts, by name: {@link FilePositionStore}, or the
 * user's own. Called by one consumer at a time, on the threads that consume.
 */
public interface PositionStore {

    /**
     * The offset to go on from; empty when there is none yet.
     *
     * @throws RuntimeException it cannot be told; the consumer does not open
     */
    OptionalLong load(String consumer, String topic);

    /**
     * Remembers the offset to go on from; has happened for good when it returns.
     *
     * @throws RuntimeException it was not saved; the consumer ends with it
     */
    void save(String consumer, String topic, long nextOffset);
}
