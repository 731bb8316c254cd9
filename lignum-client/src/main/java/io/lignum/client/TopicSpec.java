package io.lignum.client;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * The settings to create a topic with, or to change. An empty component leaves the setting to the
 * node, or unchanged.
 *
 * @param name 1 to 249 characters of [a-zA-Z0-9._-], neither "." nor ".."
 * @param live whether a record is acknowledged only when every in-sync replica has it; takes effect
 *     in a cluster
 * @param quorum how many replicas, the leader included, must have a record before it is
 *     acknowledged, {@code >= 0}; 0 for the cluster's minimum; takes effect in a cluster
 * @param segmentMaxRecords the number of records at which a segment is sealed, {@code >= 1}
 * @param segmentMaxBytes the size at which a segment is sealed, {@code >= 1}
 * @param segmentMaxAge the age at which a segment is sealed, in milliseconds
 * @param retentionBytes the size above which the oldest segments are deleted; 0 for no limit
 * @param retentionTime the age of a segment's youngest record at which it is deleted; zero for no
 *     limit
 * @param timestampBeforeMax how far a record's timestamp may be before the node's clock; zero for
 *     any
 * @param timestampAfterMax how far a record's timestamp may be after the node's clock; zero for any
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

    /** A topic with the node's defaults; or, to change a topic, no change. */
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

    /** Returns this specification with {@code live} set. */
    public TopicSpec withLive(boolean value) {
        return with(draft -> draft.live = Optional.of(value));
    }

    /** Returns this specification with {@code quorum} set. */
    public TopicSpec withQuorum(long value) {
        return with(draft -> draft.quorum = OptionalLong.of(value));
    }

    /** Returns this specification with {@code durability} set. */
    public TopicSpec withDurability(Durability value) {
        return with(draft -> draft.durability = Optional.of(value));
    }

    /** Returns this specification with {@code segmentMaxRecords} set. */
    public TopicSpec withSegmentMaxRecords(long value) {
        return with(draft -> draft.segmentMaxRecords = OptionalLong.of(value));
    }

    /** Returns this specification with {@code segmentMaxBytes} set. */
    public TopicSpec withSegmentMaxBytes(long value) {
        return with(draft -> draft.segmentMaxBytes = OptionalLong.of(value));
    }

    /** Returns this specification with {@code segmentMaxAge} set. */
    public TopicSpec withSegmentMaxAge(Duration value) {
        return with(draft -> draft.segmentMaxAge = Optional.of(value));
    }

    /** Returns this specification with {@code retentionBytes} set. */
    public TopicSpec withRetentionBytes(long value) {
        return with(draft -> draft.retentionBytes = OptionalLong.of(value));
    }

    /** Returns this specification with {@code retentionTime} set. */
    public TopicSpec withRetentionTime(Duration value) {
        return with(draft -> draft.retentionTime = Optional.of(value));
    }

    /** Returns this specification with {@code timestampBeforeMax} set. */
    public TopicSpec withTimestampBeforeMax(Duration value) {
        return with(draft -> draft.timestampBeforeMax = Optional.of(value));
    }

    /** Returns this specification with {@code timestampAfterMax} set. */
    public TopicSpec withTimestampAfterMax(Duration value) {
        return with(draft -> draft.timestampAfterMax = Optional.of(value));
    }

    private TopicSpec with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.spec();
    }

    /** A mutable copy of a specification. */
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
