package io.lignum.client.internal.consumer;

import io.lignum.client.PositionStore;
import io.lignum.client.StoredPosition;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/** A name and where it is remembered, if it is to be. */
record Positions(String name, @Nullable PositionStore store) {

    static final Positions NONE = new Positions("", null);

    Optional<StoredPosition> load(String topic) {
        return store == null ? Optional.empty() : store.load(name, topic);
    }

    /** What remembers one consumer of the topic. */
    PositionKeeper keeper(String topic) {
        return new PositionKeeper(this, topic);
    }
}
