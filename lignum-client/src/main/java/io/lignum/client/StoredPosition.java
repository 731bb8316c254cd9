package io.lignum.client;

import java.util.Optional;
import java.util.UUID;

/**
 * The position of a consumer in a topic.
 *
 * @param nextOffset the offset to resume at, {@code >= 0}
 * @param topicId the id of the topic that was read; empty if the node did not report it, or the
 *     position was stored by a version without it
 */
public record StoredPosition(long nextOffset, Optional<UUID> topicId) {

    /** Throws IllegalArgumentException for a negative offset. */
    public StoredPosition {
        if (nextOffset < 0) {
            throw new IllegalArgumentException("nextOffset must be >= 0, is " + nextOffset);
        }
    }
}
