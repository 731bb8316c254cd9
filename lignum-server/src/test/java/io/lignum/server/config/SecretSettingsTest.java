package io.lignum.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.cluster.transport.PeerSecrets;

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
        assertThat(cluster.secrets().own()).contains("geheim");
        assertThat(cluster.consulToken()).contains("geheim");
        assertThat(config.print()).doesNotContain("geheim");
        assertThat(config.hints()).noneMatch(hint -> hint.contains("flag"));
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

    @Test
    void shortSecret_isWarnedOf() throws IOException {
        Path others = Files.writeString(directory.resolve("others"), "short-one\n");
        assertThat(clustered().set("cluster.secret", "s".repeat(19)).load().hints())
                .anyMatch(hint -> hint.contains("fewer than 20 characters")
                        && !hint.contains("sss")
                        && hint.contains("openssl rand"));
        assertThat(clustered().set("cluster.secret", "s".repeat(20)).load().hints())
                .noneMatch(hint -> hint.contains("characters"));
        assertThat(clustered()
                        .set("cluster.secret", "s".repeat(20))
                        .set("cluster.other-secrets-file", others.toString())
                        .load()
                        .hints())
                .anyMatch(hint -> hint.contains("fewer than 20") && !hint.contains("short-one"));
    }

    @Test
    void otherSecrets_areTheLinesOfTheirFile() throws IOException {
        ConfigLoader loader = clustered().set("cluster.secret", "own");
        for (String[] example : new String[][] {
            {"", ""}, {"\n\n", ""}, {"one", "one"}, {" one \r\ntwo\n", "one,two"}
        }) {
            loader.set("cluster.other-secrets-file", file(example[0]).toString());
            PeerSecrets secrets = loader.load().cluster().orElseThrow().secrets();
            assertThat(String.join(",", secrets.others())).isEqualTo(example[1]);
            assertThat(secrets.own()).contains("own");
        }
    }

    @Test
    void otherSecretsThatCannotBeUsed_areNamedWithTheReason() throws IOException {
        for (String content : new String[] {"1\n2\n3\n4\n5", "a".repeat(5_000), "a\0b"}) {
            Path file = file(content);
            assertThatThrownBy(() -> clustered()
                            .set("cluster.secret", "own")
                            .set("cluster.other-secrets-file", file.toString())
                            .load())
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("cluster.other-secrets-file = " + file);
        }
        Path file = file("other");
        assertThatThrownBy(() -> clustered()
                        .set("cluster.other-secrets-file", file.toString())
                        .load())
                .hasMessageContaining("cluster.other-secrets-file")
                .hasMessageContaining("cluster.secret-file");
    }
}
