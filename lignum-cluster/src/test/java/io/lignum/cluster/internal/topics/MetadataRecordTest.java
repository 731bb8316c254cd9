package io.lignum.cluster.internal.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.storage.Durability;
import io.lignum.storage.TimestampBounds;
import io.lignum.storage.TopicConfig;
import io.lignum.storage.testing.TopicConfigSamples;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/** R32: the records of the metadata log. */
final class MetadataRecordTest {

    private static final UUID ID = new UUID(1, 2);

    private static final TopicConfig FULL = new TopicConfig(
            Durability.ALWAYS,
            10,
            5000,
            Duration.ofMillis(12),
            OptionalLong.of(99),
            Optional.of(Duration.ofMillis(77)),
            true,
            2,
            new TimestampBounds(Optional.of(Duration.ofMillis(5)), Optional.empty()));

    @Test
    void create_isTheGoldenText() {
        assertThat(new MetadataRecord.Create(ID, "oak \"1\"", FULL).toJson())
                .isEqualTo("{\"op\":\"create\",\"name\":\"oak \\\"1\\\"\",\"config\":{"
                        + "\"durability\":\"ALWAYS\",\"segment_max_records\":10,"
                        + "\"segment_max_bytes\":5000,\"segment_max_age_ms\":12,"
                        + "\"retention_bytes\":99,\"retention_age_ms\":77,"
                        + "\"live\":true,\"quorum\":2,"
                        + "\"timestamp_before_max_ms\":5,\"timestamp_after_max_ms\":0},"
                        + "\"id\":\"00000000-0000-0001-0000-000000000002\"}");
    }

    @Test
    void everyKind_isReadAgain() {
        TopicConfig interval = TopicConfig.DEFAULT.withDurability(Durability.INTERVAL);
        for (MetadataRecord record : List.of(
                new MetadataRecord.Create(ID, "t", FULL),
                new MetadataRecord.Create(ID, "t", interval),
                new MetadataRecord.Alter(ID, TopicConfig.DEFAULT),
                new MetadataRecord.Delete(ID),
                new MetadataRecord.Trim(ID, 1L << 40))) {
            assertThat(MetadataRecord.fromJson(record.toJson())).isEqualTo(record);
        }
    }

    @Test
    void everySetting_isReadAgain() {
        for (TopicConfig config : TopicConfigSamples.all()) {
            assertThat(TopicConfigJson.decode(TopicConfigJson.encode(config))).isEqualTo(config);
        }
    }

    @Test
    void settingsOfAnEarlierRelease_haveTheDefaultBounds() {
        String text = TopicConfigJson.encode(FULL)
                .replace(",\"timestamp_before_max_ms\":5,\"timestamp_after_max_ms\":0", "");
        assertThat(TopicConfigJson.decode(text))
                .isEqualTo(FULL.withTimestamps(TimestampBounds.DEFAULT));
    }

    @Test
    void unknownSetting_isIgnored() {
        String text = TopicConfigJson.encode(FULL).replace("{", "{\"later\":[1],");
        assertThat(TopicConfigJson.decode(text)).isEqualTo(FULL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "[]", "{}", "7", "\"ALWAYS\"", "{\"durability\":null}"})
    void whatIsNoSettings_isRefused(String text) {
        assertThatThrownBy(() -> TopicConfigJson.decode(text))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{}",
                "[]",
                "7",
                "{\"op\":\"delete\"}",
                "{\"op\":\"delete\",\"id\":\"oak\"}",
                "{\"op\":\"grow\",\"id\":\"00000000-0000-0001-0000-000000000002\"}",
                "{\"op\":\"alter\",\"id\":\"00000000-0000-0001-0000-000000000002\"}"
            })
    void whatIsNoRecord_isRefused(String text) {
        assertThatThrownBy(() -> MetadataRecord.fromJson(text))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** R31: a live topic always fsyncs. */
    @Test
    void liveTopicThatDoesNotFsync_isRefused() {
        String text = TopicConfigJson.encode(FULL).replace("ALWAYS", "OS");
        assertThatThrownBy(() -> TopicConfigJson.decode(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a live topic always fsyncs");
    }
}
