package io.lignum.client.internal.consumer;

import io.lignum.client.LignumException;
import io.lignum.client.WhenRecreated;

import java.util.Optional;
import java.util.UUID;

/**
 * Which topic a {@link SubscriptionClient} reads, and which of them the consuming side knows of:
 * under one name there may be another one at the next connection. One thread at a time.
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

    /** A node has answered; the consuming side hears of the topic before its first record. */
    void begun(SubscriptionPosition position) {
        Optional<UUID> id = position.topicId();
        if (id.isPresent() && !id.equals(known)) {
            buffer.add(new SubscriptionBuffer.TopicKnown(id.get(), startsOver));
            known = id;
            startsOver = false;
        }
    }

    /** Whether to go on in spite of the error, with the topic that there is now. */
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
