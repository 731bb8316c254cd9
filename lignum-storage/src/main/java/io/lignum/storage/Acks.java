package io.lignum.storage;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects the {@link Ack}s that get the same outcome, and completes them together. Guarded by its
 * owner.
 */
final class Acks {

    private final List<Ack> all;
    private final List<BlockedAppend> blocked = new ArrayList<>(0);

    Acks(int expected) {
        all = new ArrayList<>(expected);
    }

    void add(Ack ack) {
        all.add(ack);
        if (ack instanceof BlockedAppend thread) {
            thread.joined(blocked, blocked.size());
            blocked.add(thread);
        }
    }

    void acknowledge() {
        all.forEach(Ack::acknowledge);
        BlockedAppend.wake(blocked);
    }

    /** Fails those that are not complete. Repeated if the first attempt runs out of memory. */
    void fail(StorageException cause) {
        try {
            all.forEach(ack -> ack.fail(cause));
        } catch (OutOfMemoryError e) {
            all.forEach(ack -> ack.fail(cause));
        }
        BlockedAppend.wake(blocked);
    }

    void clear() {
        all.clear();
        blocked.clear();
    }
}
