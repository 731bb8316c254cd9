package io.lignum.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.storage.StoreListener;

import org.junit.jupiter.api.Test;

/** The limits for file handles fit what the process may open; otherwise the start warns. */
class FileLimitsTest {

    private static int engineFiles(ServerConfig config) {
        return config.store(StoreListener.NONE).maxOpenFiles();
    }

    @Test
    void ampleLimit_changesNothing() {
        ServerConfig config = new ConfigLoader().openFiles(20_000).load();
        assertThat(config.limits().maxConnections()).isEqualTo(1024);
        assertThat(engineFiles(config)).isEqualTo(1024);
        assertThat(config.hints()).noneMatch(hint -> hint.contains("ulimit"));
    }

    @Test
    void smallLimit_lowersTheDefaultsUntilTheyFit_andSaysSo() {
        ServerConfig config = new ConfigLoader().openFiles(1_024).load();
        int connections = config.limits().maxConnections();
        assertThat(engineFiles(config)).isEqualTo(256);
        assertThat(connections).isBetween(200, 300);
        assertThat(128 + engineFiles(config) + 2 * (connections + Math.max(16, connections / 8)))
                .isLessThanOrEqualTo(1_024);
        assertThat(config.hints())
                .singleElement()
                .asString()
                .contains("1024 files (ulimit -n)")
                .contains("storage.max-open-files 256")
                .contains("limits.max-connections " + connections);
    }

    @Test
    void valuesThatWereGiven_areObeyed_andAHintSaysWhatTheyMayNeed() {
        ServerConfig config = new ConfigLoader()
                .openFiles(1_024)
                .set("limits.max-connections", "5000")
                .load();
        assertThat(config.limits().maxConnections()).isEqualTo(5_000);
        assertThat(config.hints())
                .anyMatch(hint -> hint.contains("may need") && hint.contains("raise the limit"));
    }

    @Test
    void tinyLimit_leavesALittleOfEach_andSaysThatItIsTooLittle() {
        ServerConfig config = new ConfigLoader().openFiles(160).load();
        assertThat(engineFiles(config)).isEqualTo(40);
        assertThat(config.limits().maxConnections()).isEqualTo(16);
        assertThat(config.hints()).anyMatch(hint -> hint.contains("may need"));
    }
}
