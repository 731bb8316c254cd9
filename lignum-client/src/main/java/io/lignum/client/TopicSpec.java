package io.lignum.client;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

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
        Optional<Duration> retentionTime) {

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
                Optional.empty());
    }

    public TopicSpec withLive(boolean value) {
        return new TopicSpec(
                name,
                Optional.of(value),
                quorum,
                durability,
                segmentMaxRecords,
                segmentMaxBytes,
                segmentMaxAge,
                retentionBytes,
                retentionTime);
    }

    public TopicSpec withQuorum(long value) {
        return new TopicSpec(
                name,
                live,
                OptionalLong.of(value),
                durability,
                segmentMaxRecords,
                segmentMaxBytes,
                segmentMaxAge,
                retentionBytes,
                retentionTime);
    }

    public TopicSpec withDurability(Durability value) {
        return new TopicSpec(
                name,
                live,
                quorum,
                Optional.of(value),
                segmentMaxRecords,
                segmentMaxBytes,
                segmentMaxAge,
                retentionBytes,
                retentionTime);
    }

    public TopicSpec withSegmentMaxRecords(long value) {
        return new TopicSpec(
                name,
                live,
                quorum,
                durability,
                OptionalLong.of(value),
                segmentMaxBytes,
                segmentMaxAge,
                retentionBytes,
                retentionTime);
    }

    public TopicSpec withSegmentMaxBytes(long value) {
        return new TopicSpec(
                name,
                live,
                quorum,
                durability,
                segmentMaxRecords,
                OptionalLong.of(value),
                segmentMaxAge,
                retentionBytes,
                retentionTime);
    }

    public TopicSpec withSegmentMaxAge(Duration value) {
        return new TopicSpec(
                name,
                live,
                quorum,
                durability,
                segmentMaxRecords,
                segmentMaxBytes,
                Optional.of(value),
                retentionBytes,
                retentionTime);
    }

    public TopicSpec withRetentionBytes(long value) {
        return new TopicSpec(
                name,
                live,
                quorum,
                durability,
                segmentMaxRecords,
                segmentMaxBytes,
                segmentMaxAge,
                OptionalLong.of(value),
                retentionTime);
    }

    public TopicSpec withRetentionTime(Duration value) {
        return new TopicSpec(
                name,
                live,
                quorum,
                durability,
                segmentMaxRecords,
                segmentMaxBytes,
                segmentMaxAge,
                retentionBytes,
                Optional.of(value));
    }
}
