package io.lignum.client;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * A topic to be created, or what of it to change. What is empty is left to the node, or as it is.
 *
 * @param name 1 to 249 characters of [a-zA-Z0-9._-], neither "." nor ".."
 * @param live acknowledge only what every in-sync replica has; of effect in a cluster
 * @param quorum replicas that must have a record before it is acknowledged; of effect in a cluster
 * @param segmentMaxRecords a segment is sealed at so many records, {@code >= 1}
 * @param segmentMaxBytes a segment is sealed before it grows beyond, {@code >= 1}
 * @param segmentMaxAge a segment is sealed when it is that old; kept in milliseconds
 * @param retentionBytes the oldest segments go while the topic is larger; 0: no limit
 * @param retentionTime segments go when their youngest record is that old; zero: no limit
 * @param timestampBeforeMax records with a timestamp further before the node's clock are refused;
 *     zero: any is taken
 * @param timestampAfterMax records with a timestamp further after the node's clock are refused;
 *     zero: any is taken
 */
public record TopicSpec(
        String name,
        Optional<Boolean> live,
        OptionalLong quorum,
        Optional<Durability> durability,
        OptionalLong segmentMaxRecords,
        OptionalLong segmentMaxBytes,
        Optional<Duration> segmentMaxAge,
        OptionalLong retentionBytes,
        Optional<Duration> retentionTime,
        Optional<Duration> timestampBeforeMax,
        Optional<Duration> timestampAfterMax) {

    /** A topic with the node's defaults, or no change. */
    public static TopicSpec of(String name) {
        return new TopicSpec(
                name,
                Optional.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    public TopicSpec withLive(boolean value) {
        return with(draft -> draft.live = Optional.of(value));
    }

    public TopicSpec withQuorum(long value) {
        return with(draft -> draft.quorum = OptionalLong.of(value));
    }

    public TopicSpec withDurability(Durability value) {
        return with(draft -> draft.durability = Optional.of(value));
    }

    public TopicSpec withSegmentMaxRecords(long value) {
        return with(draft -> draft.segmentMaxRecords = OptionalLong.of(value));
    }

    public TopicSpec withSegmentMaxBytes(long value) {
        return with(draft -> draft.segmentMaxBytes = OptionalLong.of(value));
    }

    public TopicSpec withSegmentMaxAge(Duration value) {
        return with(draft -> draft.segmentMaxAge = Optional.of(value));
    }

    public TopicSpec withRetentionBytes(long value) {
        return with(draft -> draft.retentionBytes = OptionalLong.of(value));
    }

    public TopicSpec withRetentionTime(Duration value) {
        return with(draft -> draft.retentionTime = Optional.of(value));
    }

    public TopicSpec withTimestampBeforeMax(Duration value) {
        return with(draft -> draft.timestampBeforeMax = Optional.of(value));
    }

    public TopicSpec withTimestampAfterMax(Duration value) {
        return with(draft -> draft.timestampAfterMax = Optional.of(value));
    }

    private TopicSpec with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.spec();
    }

    /** A specification that can be changed. */
    private static final class Draft {
        private final String name;
        private Optional<Boolean> live;
        private OptionalLong quorum;
        private Optional<Durability> durability;
        private OptionalLong segmentMaxRecords;
        private OptionalLong segmentMaxBytes;
        private Optional<Duration> segmentMaxAge;
        private OptionalLong retentionBytes;
        private Optional<Duration> retentionTime;
        private Optional<Duration> timestampBeforeMax;
        private Optional<Duration> timestampAfterMax;

        private Draft(TopicSpec from) {
            name = from.name;
            live = from.live;
            quorum = from.quorum;
            durability = from.durability;
            segmentMaxRecords = from.segmentMaxRecords;
            segmentMaxBytes = from.segmentMaxBytes;
            segmentMaxAge = from.segmentMaxAge;
            retentionBytes = from.retentionBytes;
            retentionTime = from.retentionTime;
            timestampBeforeMax = from.timestampBeforeMax;
            timestampAfterMax = from.timestampAfterMax;
        }

        private TopicSpec spec() {
            return new TopicSpec(
                    name,
                    live,
                    quorum,
                    durability,
                    segmentMaxRecords,
                    segmentMaxBytes,
                    segmentMaxAge,
                    retentionBytes,
                    retentionTime,
                    timestampBeforeMax,
                    timestampAfterMax);
        }
    }
}
