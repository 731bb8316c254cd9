package io.lignum.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;

import io.lignum.api.Topic;
import io.lignum.api.TopicDescription;
import io.lignum.client.Durability;
import io.lignum.client.TopicSpec;

import org.junit.jupiter.api.Test;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** A topic's settings in gRPC, at the client: no direction may forget one. */
final class WireTopicsTest {

    private static final TopicSpec FULL = TopicSpec.of("oak")
            .withLive(true)
            .withQuorum(2)
            .withDurability(Durability.INTERVAL)
            .withSegmentMaxRecords(10)
            .withSegmentMaxBytes(6_000)
            .withSegmentMaxAge(Duration.ofHours(1))
            .withRetentionBytes(5_000)
            .withRetentionTime(Duration.ofHours(2))
            .withTimestampBeforeMax(Duration.ofHours(3))
            .withTimestampAfterMax(Duration.ofHours(4));

    @Test
    void sample_hasEachSetting() throws ReflectiveOperationException {
        TopicSpec none = TopicSpec.of("oak");
        for (RecordComponent setting : TopicSpec.class.getRecordComponents()) {
            if (!setting.getName().equals("name")) {
                assertThat(setting.getAccessor().invoke(FULL))
                        .as(setting.getName())
                        .isNotEqualTo(setting.getAccessor().invoke(none));
            }
        }
    }

    @Test
    void everySetting_isReadAgain() {
        TopicDescription description = TopicDescription.newBuilder()
                .setTopic(WireTopics.topic(FULL))
                .setId(new UUID(1, 2).toString())
                .build();
        assertThat(WireTopics.description(description).spec()).isEqualTo(FULL);
    }

    @Test
    void requests_haveEachField() {
        Topic topic = WireTopics.topic(FULL);
        assertThat(absent(topic)).containsExactly("count"); // Of responses only.
        assertThat(absent(topic.getSettings())).isEmpty();
        assertThat(absent(WireTopics.change(FULL))).isEmpty();
        assertThat(WireTopics.change(FULL).getSettings()).isEqualTo(topic.getSettings());
    }

    @Test
    void change_leavesOutWhatIsNotGiven() {
        assertThat(WireTopics.change(TopicSpec.of("oak")).getSettings().getAllFields())
                .isEmpty();
        assertThat(absent(WireTopics.change(TopicSpec.of("oak"))))
                .containsExactlyInAnyOrder("enable_live_replication", "quorum_count");
    }

    private static Set<String> absent(Message message) {
        return message.getDescriptorForType().getFields().stream()
                .filter(field -> !message.getAllFields().containsKey(field))
                .map(FieldDescriptor::getName)
                .collect(Collectors.toSet());
    }
}
