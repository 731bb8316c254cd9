package io.lignum.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.storage.sim.SimulatedDisk;
import io.lignum.storage.testing.TopicConfigSamples;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;

/** The file with a topic's settings. */
final class TopicMetaTest {

    private static final Path DIRECTORY = Path.of("/topic");

    @Test
    void everySetting_isReadAgain() throws IOException {
        for (TopicConfig config : TopicConfigSamples.all()) {
            SimulatedDisk disk = new SimulatedDisk(1);
            disk.createDirectories(DIRECTORY);
            TopicMeta meta = new TopicMeta(new UUID(1, 2), "oak", config);
            meta.write(disk, DIRECTORY);
            assertThat(TopicMeta.read(disk, DIRECTORY)).isEqualTo(meta);
        }
    }
}
