package io.lignum.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The documentation of the keys matches the code. */
class ConfigDocsTest {

    private static final Path ROOT = Path.of("..");

    @Test
    void table_hasEveryKeyWithItsDefaultAndMeaning() throws IOException {
        List<String> expected = Arrays.stream(ConfigKey.values())
                .map(key -> "| `%s` | %s | %s |"
                        .formatted(
                                key.path(),
                                key.isOptional() ? "unset" : "`" + key.defaultText() + "`",
                                key.meaning()))
                .toList();
        List<String> rows = Files.readAllLines(ROOT.resolve("docs/configuration.md")).stream()
                .filter(line -> line.matches("\\| `[a-z]+\\.[a-z-]+` \\| (unset|`.*`) \\| .* \\|"))
                .toList();
        assertThat(rows).isEqualTo(expected);
    }

    @Test
    void shippedFile_isADefaultStandaloneNode() {
        ServerConfig shipped =
                new ConfigLoader().file(ROOT.resolve("config.yml")).load();
        ServerConfig defaults = new ConfigLoader().load();
        assertThat(withoutSources(shipped)).isEqualTo(withoutSources(defaults));
        assertThat(shipped.hints()).isEmpty();
    }

    private static String withoutSources(ServerConfig config) {
        return config.print().replaceAll("(?m)  #.*$", "");
    }

    @Test
    void shippedFile_showsEveryKey() throws IOException {
        String file = Files.readString(ROOT.resolve("config.yml"));
        for (ConfigKey key : ConfigKey.values()) {
            assertThat(file)
                    .containsPattern("(?m)^(# )?" + key.section() + ":$")
                    .containsPattern("(?m)^(# )?  (# )?" + key.leaf() + ": \\S+$");
        }
        assertThat(file).contains("\n# consul:\n").contains("\n# cluster:\n");
    }

    @Test
    void limits_areAllDocumented() throws IOException {
        String docs = Files.readString(ROOT.resolve("docs/configuration.md"));
        String over = docs.substring(docs.indexOf("## When a limit is reached"));
        List<String> missing = new ArrayList<>();
        for (ConfigKey key : ConfigKey.values()) {
            if (key.section().equals("limits") && !over.contains(key.path())) {
                missing.add(key.path());
            }
        }
        // Clients do not notice the drain.
        assertThat(missing).containsExactly("limits.drain-timeout-in-ms");
    }

    @Test
    void pageOfLimits_hasEveryLimitWithItsDefault() throws IOException {
        List<String> page = Files.readAllLines(ROOT.resolve("docs/limits.md"));
        assertThat(Arrays.stream(ConfigKey.values())
                        .filter(key -> key.section().equals("limits"))
                        .map(key -> "| `%s` | %,d |"
                                .formatted(key.path(), Long.parseLong(key.defaultText()))))
                .allSatisfy(row -> assertThat(page).anyMatch(line -> line.startsWith(row)));
    }
}
