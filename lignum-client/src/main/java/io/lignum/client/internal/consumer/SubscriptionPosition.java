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
 * The offset of a {@link SubscriptionClient} in a log of which several nodes have copies. It makes
 * the requests, and checks which answers are valid. The offset goes back only in {@link #rewind}
 * and {@link #startOver}. One thread at a time.
 */
final class SubscriptionPosition {

    private final ConsumerSettings settings;
    private final int answerBytes;

    /** The exclusive end of what was acknowledged to this client. */
    private OptionalLong ownWrites;

    /** The next offset; empty until a node has said where a start that is not an offset is. */
    private OptionalLong next = OptionalLong.empty();

    /**
     * The epoch of the record before {@code next}; empty if none was read, or nodes do not report
     * it.
     */
    private OptionalInt epoch = OptionalInt.empty();

    private boolean confirmed;

    /** The position of an earlier consumer; empty once it has no meaning. */
    private Optional<StoredPosition> resumed;

    /** The id of the topic that is read; empty until it is known, and if nodes do not report it. */
    private Optional<UUID> topicId;

    SubscriptionPosition(ConsumerSettings settings, OptionalLong ownWrites, int answerBytes) {
        this.settings = settings;
        this.ownWrites = ownWrites;
        this.answerBytes = answerBytes;
        this.resumed = settings.resumed();
        this.topicId = resumed.flatMap(StoredPosition::topicId);
    }

    /** The request for what comes next. */
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

    /** Whether a node must have records of this client that were not read yet. */
    boolean asksForOwnWrites() {
        return ownWrites.isPresent()
                && (next.isEmpty() || ownWrites.getAsLong() > next.getAsLong());
    }

    /** Whether a node has sent a valid first answer. */
    boolean isConfirmed() {
        return confirmed;
    }

    /** The next offset; 0 until it is known. */
    long next() {
        return next.orElse(0);
    }

    boolean isAtEnd() {
        return next.isPresent()
                && settings.toOffset().isPresent()
                && next.getAsLong() >= settings.toOffset().getAsLong();
    }

    /**
     * Accepts the first answer of a node, which says where it starts.
     *
     * @param mayBeBehind whether other nodes may have more than this one
     * @return why the answer cannot be accepted; null if it is
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
                return Errors.invalidAnswer(
                        "offsets " + first.getNext() + ", " + first.getLogStart() + " and "
                                + first.getLogEnd(),
                        Outcome.NONE,
                        null);
            }
        }
        if (again && !mayBeBehind && first.getLogEnd() < next.getAsLong()) {
            // These offsets were read before: the topic was restored, or has lost data.
            return Errors.logIsShorter(next.getAsLong(), first.getLogStart(), first.getLogEnd());
        }
        confirmed = true;
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
            return Errors.invalidAnswer("an invalid topic id", Outcome.NONE, malformed);
        }
        if (topicId.isPresent() && !topicId.get().equals(id)) {
            return Errors.recreated(settings.topic(), topicId.get(), id);
        }
        topicId = Optional.of(id);
        return null;
    }

    /** The id of the topic that is read; empty until a node has reported it. */
    Optional<UUID> topicId() {
        return topicId;
    }

    /**
     * Forgets what was read. The name belongs to another topic, which is read from the configured
     * start.
     */
    void startOver() {
        next = OptionalLong.empty();
        epoch = OptionalInt.empty();
        ownWrites = OptionalLong.empty();
        resumed = Optional.empty();
        topicId = Optional.empty();
        confirmed = false;
    }

    /**
     * Advances to the end of an answer.
     *
     * @return why the answer is invalid; null if it is not
     */
    @Nullable
    LignumException advance(Fetched answer) {
        long start = next();
        boolean empty = answer.getRawBatches().isEmpty();
        boolean sense = answer.getNext() > start
                ? !empty || settings.skipTrimmed()
                : empty && answer.getNext() == start;
        if (!sense) {
            return Errors.invalidAnswer(
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

    /** Goes back to the divergence, and returns its offset. */
    long rewind(LignumException.LogTruncated to) {
        long back = Math.min(next(), to.divergence());
        next = OptionalLong.of(back);
        epoch = back == 0 ? OptionalInt.empty() : OptionalInt.of(to.epoch());
        return back;
    }
}
