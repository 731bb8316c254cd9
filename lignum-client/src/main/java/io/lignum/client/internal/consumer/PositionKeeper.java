package io.lignum.client.internal.consumer;

import io.lignum.client.PositionStore;
import io.lignum.client.StoredPosition;

import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Saves how far a consumer has got, at most once a second unless told. One thread at a time. */
final class PositionKeeper {

    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Positions positions;
    private final String topic;
    private Optional<StoredPosition> processed = Optional.empty();
    private long savedNanos = System.nanoTime();

    PositionKeeper(Positions positions, String topic) {
        this.positions = positions;
        this.topic = topic;
    }

    /** Everything before this position has been processed. */
    void processed(StoredPosition next) {
        if (positions.store() == null) {
            return;
        }
        processed = Optional.of(next);
        if (nanosToSave() <= 0) {
            save();
        }
    }

    /** Whether something is not saved yet. */
    boolean isDirty() {
        return processed.isPresent();
    }

    /** When it may be saved again; not positive: now. */
    long nanosToSave() {
        return savedNanos + EVERY_NANOS - System.nanoTime();
    }

    /** Saves what is not saved yet. */
    void save() {
        PositionStore store = positions.store();
        if (store != null && processed.isPresent()) {
            store.save(positions.name(), topic, processed.get());
            processed = Optional.empty();
            savedNanos = System.nanoTime();
        }
    }
}
