package io.lignum.client;

import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** Saves how far a consumer has got, at most once a second unless told. One thread at a time. */
final class PositionKeeper {

    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Positions positions;
    private final String topic;
    private OptionalLong processed = OptionalLong.empty();
    private long savedNanos = System.nanoTime();

    PositionKeeper(Positions positions, String topic) {
        this.positions = positions;
        this.topic = topic;
    }

    /** Everything before this offset has been processed. */
    void processed(long next) {
        if (positions.store() == null) {
            return;
        }
        processed = OptionalLong.of(next);
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
            store.save(positions.name(), topic, processed.getAsLong());
            processed = OptionalLong.empty();
            savedNanos = System.nanoTime();
        }
    }
}
