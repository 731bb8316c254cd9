package io.lignum.client.internal.consumer;

import io.lignum.client.LignumException;
import io.lignum.client.WhenRecreated;

import java.util.Optional;
import java.util.UUID;

/**
 * Tracks which topic a {@link SubscriptionClient} reads. After a reconnect the name may belong to
 * another topic; the reader is notified before the first record of it. One thread at a time.
 */
final class SubscribedTopic {

    private final SubscriptionBuffer buffer;
    private final WhenRecreated whenRecreated;
    private Optional<UUID> known = Optional.empty();
    private boolean startsOver;

    SubscribedTopic(SubscriptionBuffer buffer, WhenRecreated whenRecreated) {
        this.buffer = buffer;
        this.whenRecreated = whenRecreated;
    }

    /** A node has sent its first answer. */
    void firstAnswer(SubscriptionPosition position) {
        Optional<UUID> id = position.topicId();
        if (id.isPresent() && !id.equals(known)) {
            buffer.add(new SubscriptionBuffer.TopicKnown(id.get(), startsOver));
            known = id;
            startsOver = false;
        }
    }

    /** Whether to continue with the topic that now has the name. */
    boolean startsOver(LignumException error, SubscriptionPosition position) {
        if (!(error instanceof LignumException.TopicRecreated)
                || whenRecreated == WhenRecreated.FAIL) {
            return false;
        }
        position.startOver();
        startsOver = true;
        return true;
    }
}
