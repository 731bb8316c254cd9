package io.lignum.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Secrets in files, and secrets where others can see them. */
class SecretSettingsTest {

    @TempDir
    Path directory;

    private Path file(String content) throws IOException {
        return Files.writeString(directory.resolve("secret"), content);
    }

    private ConfigLoader clustered() {
        return new ConfigLoader()
                .set("message.data-dir", directory.toString())
                .set("server.host", "127.0.0.1")
                .set("consul.host", "localhost");
    }

    @Test
    void secretsInFiles_areThoseOfTheNode_withoutTheirLineEnds() throws IOException {
        ServerConfig config = clustered()
                .set("cluster.secret-file", file("geheim\n").toString())
                .set("consul.acl-token-file", file("geheim\n").toString())
                .load();
        ClusterSettings cluster = config.cluster().orElseThrow();
        assertThat(cluster.secret()).contains("geheim");
        assertThat(cluster.consul().aclToken()).contains("geheim");
        assertThat(config.print()).doesNotContain("geheim");
        assertThat(config.hints()).noneMatch(hint -> hint.contains("secret"));
    }

    @Test
    void fileThatCannotBeUsed_isNamedWithTheReason() throws IOException {
        for (String content : new String[] {"", "\n", "two\nlines", "a".repeat(5_000)}) {
            Path file = file(content);
            assertThatThrownBy(() -> clustered()
                            .set("cluster.secret-file", file.toString())
                            .load())
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("cluster.secret-file")
                    .hasMessageContaining("the file");
        }
        assertThatThrownBy(() -> clustered()
                        .set("cluster.secret-file", "/nowhere/at-all")
                        .load())
                .hasMessageContaining("cluster.secret-file = /nowhere/at-all");
    }

    @Test
    void secretInBothPlaces_isAProblem() throws IOException {
        Path file = file("geheim");
        assertThatThrownBy(() -> clustered()
                        .set("cluster.secret", "another")
                        .set("cluster.secret-file", file.toString())
                        .load())
                .hasMessageContaining("leave one of them out")
                .hasMessageNotContaining("geheim")
                .hasMessageNotContaining("another");
    }

    @Test
    void secretAsAFlag_isWarnedOf() {
        ServerConfig config = clustered().flag("cluster.secret", "geheim").load();
        assertThat(config.hints())
                .anyMatch(hint -> hint.contains("cluster.secret was given as a flag")
                        && hint.contains("cluster.secret-file")
                        && hint.contains("LIGNUM_CLUSTER_SECRET")
                        && !hint.contains("geheim"));
    }
}
