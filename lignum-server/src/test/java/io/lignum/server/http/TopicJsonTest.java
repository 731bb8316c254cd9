package io.lignum.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;

import io.lignum.server.service.TopicInfo;
import io.lignum.storage.TopicConfig;
import io.lignum.storage.testing.TopicConfigSamples;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.StringWriter;
import java.util.OptionalLong;
import java.util.UUID;

/** A topic's settings in the HTTP API. */
final class TopicJsonTest {

    @Test
    void everySetting_isReadAgain() throws IOException {
        for (TopicConfig config : TopicConfigSamples.all()) {
            TopicInfo topic = new TopicInfo(
                    "oak", new UUID(1, 2), 0, 1, 2, 3, 4, config, OptionalLong.empty(), 1);
            assertThat(read(written(topic))).isEqualTo(config);
        }
    }

    private static String written(TopicInfo topic) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = Json.reading(1_000).createGenerator(text)) {
            TopicJson.write(out, topic);
        }
        return text.toString();
    }

    private static TopicConfig read(String text) throws IOException {
        try (JsonParser json = Json.reading(1_000).createParser(text)) {
            return TopicJson.read(json).applyTo(TopicConfig.DEFAULT);
        }
    }
}
