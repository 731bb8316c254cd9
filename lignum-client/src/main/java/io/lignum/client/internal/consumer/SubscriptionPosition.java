package io.lignum.client.internal.consumer;

import io.lignum.api.Fetched;
import io.lignum.api.ReadFormat;
import io.lignum.api.ReadLevel;
import io.lignum.api.SubscribeRequest;
import io.lignum.client.LignumException;
import io.lignum.client.LignumException.Outcome;
import io.lignum.client.StoredPosition;
import io.lignum.client.internal.errors.Errors;

import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * How far a {@link SubscriptionClient} has got in a log that several nodes have copies of, what it
 * asks the next of them for, and which answers make sense. It never goes back by itself. One thread
 * at a time.
 */
final class SubscriptionPosition {

    private final ConsumerSettings settings;
    private final int answerBytes;

    /** The reader's client has had records acknowledged up to there. */
    private OptionalLong ownWrites;

    /** Where to go on; empty until a node has said where a start that is no offset is. */
    private OptionalLong next = OptionalLong.empty();

    /** Epoch of the record before; empty: none was read yet, or nobody said. */
    private OptionalInt epoch = OptionalInt.empty();

    private boolean begun;

    /** Where a former consumer had got to; empty once that means nothing any more. */
    private Optional<StoredPosition> resumed;

    /** Of the topic that is read; empty until it is known, and where nodes do not say. */
    private Optional<UUID> topicId;

    SubscriptionPosition(ConsumerSettings settings, OptionalLong ownWrites, int answerBytes) {
        this.settings = settings;
        this.ownWrites = ownWrites;
        this.answerBytes = answerBytes;
        this.resumed = settings.resumed();
        this.topicId = resumed.flatMap(StoredPosition::topicId);
    }

    /** What is wanted from here on. */
    SubscribeRequest request() {
        SubscribeRequest.Builder request = SubscribeRequest.newBuilder()
                .setTopic(settings.topic())
                .setFormat(ReadFormat.RAW_BATCHES)
                .setMaxBytes(answerBytes)
                .setSkipTrimmed(settings.skipTrimmed())
                .setLevel(settings.linearizable() ? ReadLevel.LINEARIZABLE : ReadLevel.COMMITTED);
        settings.toOffset().ifPresent(request::setTo);
        if (asksForOwnWrites()) {
            request.setMinHw(ownWrites.getAsLong());
        }
        topicId.ifPresent(id -> request.setTopicId(id.toString()));
        if (next.isPresent()) {
            epoch.ifPresent(request::setLastEpoch);
            return request.setOffset(next.getAsLong()).build();
        }
        if (resumed.isPresent()) {
            return request.setOffset(resumed.get().nextOffset()).build();
        }
        Start start = settings.start();
        switch (start.kind()) {
            case BEGINNING -> request.setBeginning(true);
            case END -> request.setEnd(true);
            case OFFSET -> request.setOffset(start.number());
            case TIME -> request.setTimestamp(start.number());
        }
        return request.build();
    }

    /** Whether a node must have records of the client's own that were not read yet. */
    boolean asksForOwnWrites() {
        return ownWrites.isPresent() && ownWrites.getAsLong() > next.orElse(-1);
    }

    /** Whether a node has answered once. */
    boolean isBegun() {
        return begun;
    }

    /** The next offset that is wanted; 0 before that is known. */
    long next() {
        return next.orElse(0);
    }

    boolean isAtEnd() {
        return next.isPresent()
                && settings.toOffset().isPresent()
                && next.getAsLong() >= settings.toOffset().getAsLong();
    }

    /**
     * Takes the first answer of a node, which says where it starts; what speaks against it.
     *
     * @param mayBeBehind other nodes may have more than this one
     */
    @Nullable
    LignumException begin(Fetched first, boolean mayBeBehind) {
        boolean again = next.isPresent() || resumed.isPresent();
        LignumException another = identify(first);
        if (another != null) {
            return another;
        }
        if (next.isEmpty()) {
            next = OptionalLong.of(first.getNext());
            if (first.getNext() < 0 || first.getLogEnd() < first.getLogStart()) {
                return Errors.nonsense(
                        "offsets " + first.getNext() + ", " + first.getLogStart() + " and "
                                + first.getLogEnd(),
                        Outcome.NONE,
                        null);
            }
        }
        if (again && !mayBeBehind && first.getLogEnd() < next.getAsLong()) {
            // It was read once: the topic has been rebuilt, or has lost data.
            return Errors.logIsShorter(next.getAsLong(), first.getLogStart(), first.getLogEnd());
        }
        begun = true;
        return null;
    }

    private @Nullable LignumException identify(Fetched first) {
        if (first.getTopicId().isEmpty()) {
            return null;
        }
        UUID id;
        try {
            id = UUID.fromString(first.getTopicId());
        } catch (IllegalArgumentException malformed) {
            return Errors.nonsense("a topic's id that is none", Outcome.NONE, malformed);
        }
        if (topicId.isPresent() && !topicId.get().equals(id)) {
            return Errors.recreated(settings.topic(), topicId.get(), id);
        }
        topicId = Optional.of(id);
        return null;
    }

    /** Of the topic that is read; empty until a node has said so. */
    Optional<UUID> topicId() {
        return topicId;
    }

    /**
     * Forgets what was read: the topic is another one, and is read from the start that was asked
     * for.
     */
    void startOver() {
        next = OptionalLong.empty();
        epoch = OptionalInt.empty();
        ownWrites = OptionalLong.empty();
        resumed = Optional.empty();
        topicId = Optional.empty();
        begun = false;
    }

    /** Goes on to where the answer ends; what speaks against that. */
    @Nullable
    LignumException advance(Fetched answer) {
        long start = next();
        boolean empty = answer.getRawBatches().isEmpty();
        boolean sense = answer.getNext() > start
                ? !empty || settings.skipTrimmed()
                : empty && answer.getNext() == start;
        if (!sense) {
            return Errors.nonsense(
                    "an answer that goes from offset " + start + " to " + answer.getNext()
                            + " with " + answer.getRawBatches().size() + " bytes",
                    Outcome.NONE,
                    null);
        }
        if (answer.getNext() > start) {
            next = OptionalLong.of(answer.getNext());
            epoch = answer.hasEpoch() && !empty
                    ? OptionalInt.of(answer.getEpoch())
                    : OptionalInt.empty();
        }
        return null;
    }

    /** What was read at and above that offset is gone: goes back there, and says where that is. */
    long rewind(LignumException.LogTruncated to) {
        long back = Math.min(next(), to.divergence());
        next = OptionalLong.of(back);
        epoch = back == 0 ? OptionalInt.empty() : OptionalInt.of(to.epoch());
        return back;
    }
}
