package io.lignum.client.internal.consumer;

import io.lignum.client.PositionStore;
import io.lignum.client.StoredPosition;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/**
 * The name of a consumer and the store of its position. Without a store nothing is loaded or saved.
 */
record Positions(String name, @Nullable PositionStore store) {

    static final Positions NONE = new Positions("", null);

    Optional<StoredPosition> load(String topic) {
        return store == null ? Optional.empty() : store.load(name, topic);
    }

    /** A keeper of the position in this topic. */
    PositionKeeper keeper(String topic) {
        return new PositionKeeper(this, topic);
    }
}
