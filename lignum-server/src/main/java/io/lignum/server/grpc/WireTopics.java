package io.lignum.server.grpc;

import io.lignum.api.AlterTopicRequest;
import io.lignum.api.Topic;
import io.lignum.api.TopicDescription;
import io.lignum.api.TopicSettings;
import io.lignum.server.service.ServiceException;
import io.lignum.server.service.TopicInfo;
import io.lignum.server.service.TopicPatch;
import io.lignum.storage.Durability;
import io.lignum.storage.TopicConfig;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Converts topics and their settings to and from protobuf: the only class of the server that knows
 * the form of a topic's settings in gRPC. Any thread.
 */
final class WireTopics {

    private WireTopics() {}

    static Topic topic(TopicInfo info) {
        return Topic.newBuilder()
                .setName(info.name())
                .setEnableLiveReplication(info.config().live())
                .setQorumCount(info.config().quorumCount())
                .setCount(info.messageCount())
                .setSettings(settings(info.config()))
                .build();
    }

    static TopicDescription description(TopicInfo info) {
        return TopicDescription.newBuilder()
                .setTopic(topic(info))
                .setId(info.id().toString())
                .setLogStart(info.logStart())
                .setLogEnd(info.readableEnd())
                .setWritten(info.endOffset())
                .setSizeBytes(info.sizeInBytes())
                .setSegmentCount(info.segments())
                .setCopiesAtAck((int) Math.min(info.copiesAtAck(), Integer.MAX_VALUE))
                .build();
    }

    private static TopicSettings settings(TopicConfig config) {
        return TopicSettings.newBuilder()
                .setDurability(
                        switch (config.durability()) {
                            case ALWAYS -> TopicSettings.Durability.ALWAYS;
                            case INTERVAL -> TopicSettings.Durability.INTERVAL;
                            case OS -> TopicSettings.Durability.OS;
                        })
                .setSegmentMaxRecords(config.segmentMaxRecords())
                .setSegmentMaxBytes(config.segmentMaxBytes())
                .setSegmentMaxAgeMs(config.segmentMaxAge().toMillis())
                .setRetentionBytes(config.retentionBytes().orElse(0))
                .setRetentionMs(config.retentionAge().map(Duration::toMillis).orElse(0L))
                .setTimestampBeforeMaxMs(
                        config.timestamps().beforeMax().map(Duration::toMillis).orElse(0L))
                .setTimestampAfterMaxMs(
                        config.timestamps().afterMax().map(Duration::toMillis).orElse(0L))
                .build();
    }

    /** For a topic to be created. */
    static TopicPatch patch(Topic topic) {
        return patch(
                topic.getSettings(),
                topic.getEnableLiveReplication(),
                quorum(topic.getQorumCount()));
    }

    /** For a topic to be changed: only the fields that are present. */
    static TopicPatch patch(AlterTopicRequest request) {
        return patch(
                request.getSettings(),
                request.hasEnableLiveReplication() ? request.getEnableLiveReplication() : null,
                request.hasQuorumCount() ? quorum(request.getQuorumCount()) : null);
    }

    private static TopicPatch patch(
            TopicSettings wire, @Nullable Boolean live, @Nullable Long quorumCount) {
        return new TopicPatch(
                wire.hasDurability() ? durability(wire.getDurability()) : null,
                wire.hasSegmentMaxRecords()
                        ? positive("segment_max_records", wire.getSegmentMaxRecords())
                        : null,
                wire.hasSegmentMaxBytes()
                        ? positive("segment_max_bytes", wire.getSegmentMaxBytes())
                        : null,
                wire.hasSegmentMaxAgeMs()
                        ? Duration.ofMillis(
                                positive("segment_max_age_ms", wire.getSegmentMaxAgeMs()))
                        : null,
                wire.hasRetentionBytes()
                        ? limit("retention_bytes", wire.getRetentionBytes())
                        : null,
                wire.hasRetentionMs() ? age(limit("retention_ms", wire.getRetentionMs())) : null,
                live,
                quorumCount,
                wire.hasTimestampBeforeMaxMs()
                        ? age(limit("timestamp_before_max_ms", wire.getTimestampBeforeMaxMs()))
                        : null,
                wire.hasTimestampAfterMaxMs()
                        ? age(limit("timestamp_after_max_ms", wire.getTimestampAfterMaxMs()))
                        : null);
    }

    private static @Nullable Durability durability(TopicSettings.Durability wire) {
        return switch (wire) {
            case DURABILITY_UNSPECIFIED -> null;
            case ALWAYS -> Durability.ALWAYS;
            case INTERVAL -> Durability.INTERVAL;
            case OS -> Durability.OS;
            case UNRECOGNIZED ->
                throw ServiceException.invalid(
                        "durability", "durability must be ALWAYS, INTERVAL or OS");
        };
    }

    private static long positive(String field, long value) {
        if (value <= 0) {
            throw ServiceException.invalid(
                    field,
                    field + " is " + Long.toUnsignedString(value) + ", must be 1 to "
                            + Long.MAX_VALUE);
        }
        return value;
    }

    private static OptionalLong limit(String field, long value) {
        return value == 0 ? OptionalLong.empty() : OptionalLong.of(positive(field, value));
    }

    private static Optional<Duration> age(OptionalLong millis) {
        return millis.isPresent()
                ? Optional.of(Duration.ofMillis(millis.getAsLong()))
                : Optional.empty();
    }

    private static long quorum(long value) {
        if (value < 0) {
            throw ServiceException.invalid(
                    "qorumCount",
                    "qorumCount is " + Long.toUnsignedString(value) + ", more than the maximum");
        }
        return value;
    }
}
