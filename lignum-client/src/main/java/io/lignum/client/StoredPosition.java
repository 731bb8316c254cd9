package io.lignum.client;

import java.util.Optional;
import java.util.UUID;

/**
 * How far a consumer has got in a topic.
 *
 * @param nextOffset the offset to go on from, {@code >= 0}
 * @param topicId id of the topic that was read; empty: the node did not say, or the position was
 *     stored before positions had one
 */
public record StoredPosition(long nextOffset, Optional<UUID> topicId) {

    /** Throws IllegalArgumentException for a negative offset. */
    public StoredPosition {
        if (nextOffset < 0) {
            throw new IllegalArgumentException("nextOffset must be >= 0, is " + nextOffset);
        }
    }
}
