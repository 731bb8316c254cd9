package io.lignum.client;

import java.util.Optional;
import java.util.UUID;

/**
 * Which topic a {@link Feed} reads, and which of them the consuming side knows of: under one name there may
 * be another one at the next connection. One thread at a time.
 */
final class FeedTopic {

    private final FeedBuffer buffer;
    private final WhenRecreated whenRecreated;
    private Optional<UUID> known = Optional.empty();
    private boolean startsOver;

    FeedTopic(FeedBuffer buffer, WhenRecreated whenRecreated) {
        this.buffer = buffer;
        this.whenRecreated = whenRecreated;
    }

    /** A node has answered; the consuming side hears of the topic before its first record. */
    void begun(FeedPosition position) {
        Optional<UUID> id = position.topicId();
        if (id.isPresent() && !id.equals(known)) {
            buffer.add(new FeedBuffer.TopicKnown(id.get(), startsOver));
            known = id;
            startsOver = false;
        }
    }

    /** Whether to go on in spite of the error, with the topic that there is now. */
    boolean startsOver(LignumException error, FeedPosition position) {
        if (!(error instanceof LignumException.TopicRecreated)
                || whenRecreated == WhenRecreated.FAIL) {
            return false;
        }
        position.startOver();
        startsOver = true;
        return true;
    }
}
