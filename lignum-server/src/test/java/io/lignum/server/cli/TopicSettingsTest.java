package io.lignum.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.client.TopicSpec;

import org.junit.jupiter.api.Test;

import picocli.CommandLine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/** A topic's settings on the command line: no form may forget one. */
final class TopicSettingsTest {

    private static final String[] FLAGS = {
        "--durability=INTERVAL",
        "--retention-bytes=5000",
        "--retention-time=7d",
        "--segment-max-records=10",
        "--segment-max-bytes=6000",
        "--segment-max-age=2h",
        "--timestamp-before-max=3h",
        "--timestamp-after-max=4h",
        "--live",
        "--quorum=2"
    };

    @CommandLine.Command
    private static final class Settings {
        @CommandLine.Mixin
        private final TopicSettings settings = new TopicSettings();
    }

    private static TopicSpec parsed(String... flags) {
        Settings command = new Settings();
        new CommandLine(command)
                .registerConverter(Duration.class, new NumberFormats.Time())
                .parseArgs(flags);
        return command.settings.of("oak");
    }

    @Test
    void everySetting_hasAFlag() throws ReflectiveOperationException {
        TopicSpec none = TopicSpec.of("oak");
        assertThat(parsed()).isEqualTo(none);
        TopicSpec all = parsed(FLAGS);
        for (RecordComponent setting : TopicSpec.class.getRecordComponents()) {
            if (!setting.getName().equals("name")) {
                assertThat(setting.getAccessor().invoke(all))
                        .as(setting.getName())
                        .isNotEqualTo(setting.getAccessor().invoke(none));
            }
        }
    }

    @Test
    void everySetting_isInTheJson_andInTheText() throws Exception {
        TopicSpec all = parsed(FLAGS);
        RecordComponent[] components = TopicSpec.class.getRecordComponents();
        for (int i = 0; i < components.length; i++) {
            if (!components[i].getName().equals("name")) {
                TopicSpec without = with(all, i, TopicSpec.of("oak"));
                assertThat(json(without)).as(components[i].getName()).isNotEqualTo(json(all));
                assertThat(text(without)).as(components[i].getName()).isNotEqualTo(text(all));
            }
        }
    }

    /** The specification with one component of another. */
    private static TopicSpec with(TopicSpec spec, int component, TopicSpec other)
            throws ReflectiveOperationException {
        RecordComponent[] components = TopicSpec.class.getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = components[i].getAccessor().invoke(i == component ? other : spec);
        }
        Constructor<TopicSpec> constructor = TopicSpec.class.getDeclaredConstructor(
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
        return constructor.newInstance(values);
    }

    private static String json(TopicSpec spec) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Output out = new Output(bytes);
        JsonLines json = out.json().begin();
        TopicSettings.json(json, spec);
        json.endLine();
        out.flush();
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static String text(TopicSpec spec) {
        StringBuilder text = new StringBuilder();
        TopicSettings.text(
                spec,
                (name, value) -> text.append(name).append(' ').append(value).append('\n'));
        return text.toString();
    }
}
