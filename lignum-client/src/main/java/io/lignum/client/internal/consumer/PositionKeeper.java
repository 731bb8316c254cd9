package io.lignum.client.internal.consumer;

import io.lignum.client.PositionStore;
import io.lignum.client.StoredPosition;

import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Saves the position of a consumer, at most once a second unless it is asked to. One thread at a
 * time.
 */
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

    /** All records before this position have been processed. */
    void processed(StoredPosition next) {
        if (positions.store() == null) {
            return;
        }
        processed = Optional.of(next);
        if (nanosToSave() <= 0) {
            save();
        }
    }

    /** Whether there is a position that is not saved. */
    boolean isDirty() {
        return processed.isPresent();
    }

    /** The time until the next save is allowed; zero or less if it is now. */
    long nanosToSave() {
        return savedNanos + EVERY_NANOS - System.nanoTime();
    }

    /** Saves the position if it is not saved. Throws what the store throws. */
    void save() {
        PositionStore store = positions.store();
        if (store != null && processed.isPresent()) {
            store.save(positions.name(), topic, processed.get());
            processed = Optional.empty();
            savedNanos = System.nanoTime();
        }
    }
}
