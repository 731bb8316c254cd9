package io.lignum.client.internal;

import io.lignum.api.AlterTopicRequest;
import io.lignum.api.Topic;
import io.lignum.api.TopicSettings;
import io.lignum.client.Durability;
import io.lignum.client.TopicDescription;
import io.lignum.client.TopicSpec;
import io.lignum.client.internal.errors.Checks;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Converts topics between the public API and the wire: the only class of the client that knows the
 * form of their settings in gRPC. Any thread.
 */
final class WireTopics {

    private WireTopics() {}

    /** For a topic to be created. */
    static Topic topic(TopicSpec spec) {
        return Topic.newBuilder()
                .setName(Checks.text("name", spec.name()))
                .setEnableLiveReplication(spec.live().orElse(false))
                .setQorumCount(spec.quorum().orElse(0))
                .setSettings(settings(spec))
                .build();
    }

    /** For a topic to be changed: an empty component leaves its field absent. */
    static AlterTopicRequest change(TopicSpec spec) {
        AlterTopicRequest.Builder request = AlterTopicRequest.newBuilder()
                .setTopic(Checks.text("name", spec.name()))
                .setSettings(settings(spec));
        spec.live().ifPresent(request::setEnableLiveReplication);
        spec.quorum().ifPresent(request::setQuorumCount);
        return request.build();
    }

    private static TopicSettings settings(TopicSpec spec) {
        TopicSettings.Builder settings = TopicSettings.newBuilder();
        spec.durability().map(WireTopics::durability).ifPresent(settings::setDurability);
        spec.segmentMaxRecords().ifPresent(settings::setSegmentMaxRecords);
        spec.segmentMaxBytes().ifPresent(settings::setSegmentMaxBytes);
        spec.segmentMaxAge().ifPresent(age -> settings.setSegmentMaxAgeMs(age.toMillis()));
        spec.retentionBytes().ifPresent(settings::setRetentionBytes);
        spec.retentionTime().ifPresent(time -> settings.setRetentionMs(time.toMillis()));
        spec.timestampBeforeMax()
                .ifPresent(bound -> settings.setTimestampBeforeMaxMs(bound.toMillis()));
        spec.timestampAfterMax()
                .ifPresent(bound -> settings.setTimestampAfterMaxMs(bound.toMillis()));
        return settings.build();
    }

    private static TopicSettings.Durability durability(Durability durability) {
        return switch (durability) {
            case ALWAYS -> TopicSettings.Durability.ALWAYS;
            case INTERVAL -> TopicSettings.Durability.INTERVAL;
            case OS -> TopicSettings.Durability.OS;
        };
    }

    static TopicDescription description(io.lignum.api.TopicDescription wire) {
        return new TopicDescription(
                spec(wire.getTopic()),
                UUID.fromString(wire.getId()),
                wire.getLogStart(),
                wire.getLogEnd(),
                wire.getWritten(),
                wire.getSizeBytes(),
                wire.getSegmentCount(),
                Math.max(1, wire.getCopiesAtAck()));
    }

    private static TopicSpec spec(Topic topic) {
        TopicSettings settings = topic.getSettings();
        return new TopicSpec(
                topic.getName(),
                Optional.of(topic.getEnableLiveReplication()),
                OptionalLong.of(topic.getQorumCount()),
                durability(settings.getDurability()),
                OptionalLong.of(settings.getSegmentMaxRecords()),
                OptionalLong.of(settings.getSegmentMaxBytes()),
                Optional.of(Duration.ofMillis(settings.getSegmentMaxAgeMs())),
                OptionalLong.of(settings.getRetentionBytes()),
                Optional.of(Duration.ofMillis(settings.getRetentionMs())),
                Optional.of(Duration.ofMillis(settings.getTimestampBeforeMaxMs())),
                Optional.of(Duration.ofMillis(settings.getTimestampAfterMaxMs())));
    }

    /* A later node may have kinds that this client does not know. */
    private static Optional<Durability> durability(TopicSettings.Durability wire) {
        return switch (wire) {
            case ALWAYS -> Optional.of(Durability.ALWAYS);
            case INTERVAL -> Optional.of(Durability.INTERVAL);
            case OS -> Optional.of(Durability.OS);
            case DURABILITY_UNSPECIFIED, UNRECOGNIZED -> Optional.empty();
        };
    }
}
