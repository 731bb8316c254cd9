package io.lignum.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;

import io.lignum.api.AlterTopicRequest;
import io.lignum.api.Topic;
import io.lignum.api.TopicSettings;
import io.lignum.server.service.TopicInfo;
import io.lignum.storage.TopicConfig;
import io.lignum.storage.testing.TopicConfigSamples;

import org.junit.jupiter.api.Test;

import java.util.OptionalLong;
import java.util.UUID;

/** A topic's settings in gRPC, at the server. */
final class WireTopicsTest {

    @Test
    void everySetting_isReadAgain_whenATopicIsCreated() {
        for (TopicConfig config : TopicConfigSamples.all()) {
            assertThat(WireTopics.patch(topic(config)).applyTo(TopicConfig.DEFAULT))
                    .isEqualTo(config);
        }
    }

    @Test
    void everySetting_isReadAgain_whenATopicIsAltered() {
        for (TopicConfig config : TopicConfigSamples.all()) {
            Topic topic = topic(config);
            AlterTopicRequest request = AlterTopicRequest.newBuilder()
                    .setTopic(topic.getName())
                    .setEnableLiveReplication(topic.getEnableLiveReplication())
                    .setQuorumCount(topic.getQorumCount())
                    .setSettings(topic.getSettings())
                    .build();
            assertEachFieldIsPresent(request);
            assertThat(WireTopics.patch(request).applyTo(TopicConfig.DEFAULT)).isEqualTo(config);
        }
    }

    @Test
    void response_hasEachField() {
        for (TopicConfig config : TopicConfigSamples.all()) {
            TopicSettings settings = topic(config).getSettings();
            assertEachFieldIsPresent(settings);
        }
    }

    private static void assertEachFieldIsPresent(Message message) {
        assertThat(message.getAllFields().keySet().stream().map(FieldDescriptor::getName))
                .containsExactlyInAnyOrderElementsOf(
                        message.getDescriptorForType().getFields().stream()
                                .map(FieldDescriptor::getName)
                                .toList());
    }

    private static Topic topic(TopicConfig config) {
        return WireTopics.topic(new TopicInfo(
                "oak", new UUID(1, 2), 0, 1, 2, 3, 4, config, OptionalLong.empty(), 1));
    }
}
