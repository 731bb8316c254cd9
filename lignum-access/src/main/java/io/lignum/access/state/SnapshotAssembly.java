package io.lignum.access.state;

import io.lignum.access.state.SecurityChange.SnapshotPart;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Recognises the snapshots of the log that are complete: all parts of one id in their order.
 * Changes may stand between them. A part of another snapshot ends an unfinished one, whose writer
 * has failed. One thread.
 */
final class SnapshotAssembly {

    private @Nullable String id;
    private int next;
    private final List<SnapshotPart> kept = new ArrayList<>();

    /**
     * Adds a part, and returns the parts that must be loaded if it completes a snapshot.
     *
     * @param keeps whether the contents are wanted; else the result is an empty list
     */
    Optional<List<SnapshotPart>> add(String ofId, SnapshotPart part, boolean keeps) {
        if (part.part() == 0) {
            reset();
            id = ofId;
        } else if (!ofId.equals(id) || part.part() != next) {
            reset();
            return Optional.empty();
        }
        next = part.part() + 1;
        if (keeps) {
            kept.add(part);
        }
        if (next < part.parts()) {
            return Optional.empty();
        }
        List<SnapshotPart> parts = List.copyOf(kept);
        reset();
        return Optional.of(parts);
    }

    private void reset() {
        id = null;
        next = 0;
        kept.clear();
    }
}
