package io.lignum.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.server.access.AccessConfig;
import io.lignum.server.access.SecurityMode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

class ConfigLoaderTest {

    @TempDir
    Path directory;

    @Test
    void nothingGiven_defaultsOfTheContract() {
        ServerConfig config = new ConfigLoader().load();
        assertThat(config.host()).isEqualTo("0.0.0.0");
        assertThat(config.httpPort()).isEqualTo(8080);
        assertThat(config.grpcPort()).isEqualTo(9080);
        assertThat(config.dataDirectory()).isEqualTo(Path.of("topics"));
        assertThat(config.hints()).isEmpty();
    }

    @Test
    void flagsEnvironmentFileDefault_theFirstOfThemWins() throws IOException {
        Path file = file("server:\n  port: 1001\n  grpc-port: 1002\n  host: 10.0.0.1\n");
        ServerConfig config = new ConfigLoader()
                .file(file)
                .environment(
                        Map.of("LIGNUM_SERVER_PORT", "2001", "LIGNUM_SERVER_GRPC_PORT", "2002"))
                .set("server.port", "3001")
                .load();
        assertThat(config.httpPort()).isEqualTo(3001);
        assertThat(config.grpcPort()).isEqualTo(2002);
        assertThat(config.host()).isEqualTo("10.0.0.1");
        assertThat(config.print())
                .contains("  port: 3001  # flag --server.port")
                .contains("  grpc-port: 2002  # environment LIGNUM_SERVER_GRPC_PORT")
                .contains("  host: 10.0.0.1  # " + file + " line 4")
                .contains("  data-dir: topics  # default");
    }

    @Test
    void printedSettings_readBackAreTheSame() throws IOException {
        ServerConfig config = new ConfigLoader()
                .set("server.host", "::1")
                .set("cluster.name", "oak")
                .set("limits.max-topics", "7")
                .load();
        ServerConfig again = new ConfigLoader().file(file(config.print())).load();
        assertThat(again.host()).isEqualTo("::1");
        assertThat(again.limits()).isEqualTo(config.limits());
        assertThat(valuesOf(again.print())).isEqualTo(valuesOf(config.print()));
    }

    private static String valuesOf(String printed) {
        return printed.replaceAll("(?m)  #.*$", "");
    }

    @Test
    void secret_isNeverPrinted() {
        ServerConfig config =
                new ConfigLoader().set("cluster.secret", "hunter2").load();
        assertThat(config.print()).contains("  secret: \"***\"").doesNotContain("hunter2");
    }

    @ParameterizedTest
    @CsvSource({
        "server.prot, server.port",
        "sever.host, server.host",
        "message.initial-size-per-topics, message.initial-size-per-topic",
        "replication.wal-sync-interval-in-seconds, replication.wal-sync-interval-in-sec",
        "limits.max-topic, limits.max-topics",
    })
    void unknownKey_errorNamesTheNearest(String wrong, String meant) throws IOException {
        String[] parts = wrong.split("\\.", 2);
        Path file = file("\n" + parts[0] + ":\n  " + parts[1] + ": 1\n");
        assertThatThrownBy(() -> new ConfigLoader().file(file).load())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(wrong + " (" + file + " line 3)")
                .hasMessageContaining("the nearest one is " + meant);
    }

    @ParameterizedTest
    @CsvSource({
        "server.port, 65536, 0 to 65535",
        "server.port, -1, 0 to 65535",
        "server.port, http, must be a whole number",
        "server.grpc-port, 9.5, must be a whole number",
        "message.initial-size-per-topic, 0, 1 or more",
        "consul.session-ttl-in-seconds, 9, 10 to 86400",
        "topic.durability, sometimes, 'always, interval, os'",
        "cluster.name, 'a b', letters",
        "limits.max-connections, 0, 1 to",
        "limits.max-bytes-in-flight, 99999999999999999999, must be a whole number",
    })
    void wrongValue_errorNamesKeyValueLineAndFix(String key, String value, String reason)
            throws IOException {
        String[] parts = key.split("\\.", 2);
        Path file = file("# a comment\n" + parts[0] + ":\n  " + parts[1] + ": " + value + "\n");
        assertThatThrownBy(() -> new ConfigLoader().file(file).load())
                .hasMessageContaining(key + " = \"" + value + "\" (" + file + " line 3)")
                .hasMessageContaining(reason)
                .hasMessageContaining("leave the key out");
    }

    @ParameterizedTest
    @CsvSource({
        "consul.session-renewal-ttl-in-seconds, 16, consul.session-ttl-in-seconds",
        "follower.healthcheck-ping-timeout-in-ms, 1001, follower.healthcheck-interval-in-seconds",
        "server.grpc-port, 8080, server.port",
        "server.port, 8126, replication.wal-replication-port",
        "replication.lag-limit-in-ms, 1000, follower.healthcheck-interval-in-seconds",
        "replication.client-timeout-in-ms, 10000, replication.lag-limit-in-ms",
        "replication.client-timeout-in-ms, 30000, replication.commit-timeout-in-ms",
        "limits.message-max-bytes, 5000000, limits.batch-max-bytes",
        "limits.request-max-bytes, 268435456, limits.max-bytes-in-flight",
    })
    void valuesThatMakeNoSenseTogether_errorNamesBoth(String key, String value, String other) {
        assertThatThrownBy(() -> new ConfigLoader().set(key, value).load())
                .hasMessageContaining(key + " = " + value + " (flag --" + key + ")")
                .hasMessageContaining(other);
    }

    @Test
    void severalMistakes_areAllReported() throws IOException {
        Path file = file("server:\n  port: x\n  prot: 1\n");
        assertThatThrownBy(() -> new ConfigLoader()
                        .file(file)
                        .environment(Map.of("LIGNUM_SERVER_GRPC_PORT", "y"))
                        .load())
                .isInstanceOfSatisfying(
                        ConfigException.class, e -> assertThat(e.problems()).hasSize(3));
    }

    @Test
    void clusterAndNodeKeys_areTakenByAStandaloneNode() throws IOException {
        Path file = file("""
                node:
                  id: oak-1
                  advertised-host: oak.example
                cluster:
                  name: forest
                  secret: s
                  min-in-sync: 2
                """);
        assertThat(new ConfigLoader().file(file).load().print())
                .contains("  id: oak-1", "  name: forest", "  min-in-sync: 2");
    }

    @Test
    void tenMessagesPerFile_obeyedWithAHint() throws IOException {
        Path file = file("message:\n  initial-size-per-topic: 10\n");
        ServerConfig config = new ConfigLoader().file(file).load();
        assertThat(config.print()).contains("  initial-size-per-topic: 10  # " + file + " line 2");
        assertThat(config.hints())
                .singleElement()
                .asString()
                .contains("message.initial-size-per-topic = 10", "small files", "1000000");
    }

    @ParameterizedTest
    @CsvSource({
        "'server: [1, 2]\n', server",
        "'server:\n  port:\n    deep: 1\n', server.port",
        "'- a\n- b\n', must hold sections",
        "'server:\n  port: 1\n  port: 2\n', given twice",
        "'server: {port: 1\n', is not YAML",
        "'a: &a [*a]\nserver: *a\n', server",
        "'storrage:\n', unknown section",
        "'? [1, 2]\n: x\n', plain text",
    })
    void oddFile_isAnErrorThatSaysWhere(String text, String expected) throws IOException {
        Path file = file(text);
        assertThatThrownBy(() -> new ConfigLoader().file(file).load())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(expected)
                .hasMessageContaining(file.toString());
    }

    @Test
    void emptyFile_isAllDefaults() throws IOException {
        assertThat(new ConfigLoader().file(file("# nothing\n")).load().httpPort())
                .isEqualTo(8080);
    }

    @Test
    void directoryInPlaceOfAFile_isNamed() {
        assertThatThrownBy(() -> new ConfigLoader().file(directory).load())
                .hasMessageContaining(directory + ": is a directory");
    }

    @Test
    void missingFile_isNamed() {
        assertThatThrownBy(() ->
                        new ConfigLoader().file(directory.resolve("no.yml")).load())
                .hasMessageContaining("no.yml")
                .hasMessageContaining("--config");
    }

    @Test
    void binaryFile_isRefusedNotThrownAt() throws IOException {
        Path file = directory.resolve("config.yml");
        Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
        assertThatThrownBy(() -> new ConfigLoader().file(file).load())
                .isInstanceOf(ConfigException.class);
    }

    @Test
    void controlCharactersInAValue_areEscapedInTheError() {
        assertThatThrownBy(() ->
                        new ConfigLoader().set("server.port", "1\u001b[31m").load())
                .hasMessageContaining("1\\u001b[31m")
                .hasMessageNotContaining("\u001b");
    }

    @ParameterizedTest
    @EnumSource(ConfigKey.class)
    void everyKey_canComeFromItsEnvironmentVariable(ConfigKey key) {
        Map<String, String> variables = Map.of(key.environmentName(), "\u0007");
        if (key.type().description().equals("text")) {
            variables = Map.of(key.environmentName(), " ");
        }
        ConfigLoader loader = new ConfigLoader().environment(variables);
        assertThatThrownBy(loader::load)
                .hasMessageContaining(key.path() + " = ")
                .hasMessageContaining("environment " + key.environmentName());
    }

    @Test
    void variablesThatKubernetesSetsForItsServices_areIgnored_andOneOfAKeyIsWarnedOf() {
        ServerConfig config = new ConfigLoader()
                .environment(Map.of(
                        "LIGNUM_SERVER_PORT", "tcp://10.0.171.239:8080",
                        "LIGNUM_SERVER_SERVICE_HOST", "10.0.171.239",
                        "LIGNUM_SERVER_SERVICE_PORT", "8080",
                        "LIGNUM_SERVER_SERVICE_PORT_HTTP", "8080",
                        "LIGNUM_SERVER_PORT_8080_TCP", "tcp://10.0.171.239:8080",
                        "LIGNUM_SERVER_PORT_8080_TCP_PROTO", "tcp",
                        "LIGNUM_SERVER_PORT_8080_TCP_PORT", "8080",
                        "LIGNUM_SERVER_PORT_8080_TCP_ADDR", "10.0.171.239",
                        "LIGNUM_CONSUL_PORT", "tcp://10.0.171.240:8500",
                        "LIGNUM_PORT", "udp://10.0.171.241:53"))
                .load();
        assertThat(config.httpPort()).isEqualTo(8080);
        assertThat(config.cluster()).isEmpty();
        assertThat(config.hints()).hasSize(2);
        assertThat(config.hints().get(0)).contains("LIGNUM_CONSUL_PORT", "Kubernetes");
        assertThat(config.hints().get(1))
                .contains("LIGNUM_SERVER_PORT", "tcp://10.0.171.239:8080", "server.port");
    }

    @Test
    void wrongPortOfTheEnvironment_isAnErrorAsEver() {
        for (String value : new String[] {"tcp:8081", "http://a:80", "x"}) {
            ConfigLoader loader =
                    new ConfigLoader().environment(Map.of("LIGNUM_SERVER_PORT", value));
            assertThatThrownBy(loader::load).hasMessageContaining("LIGNUM_SERVER_PORT");
        }
    }

    @Test
    void variableThatIsNoSetting_isAHintThatNamesTheNearest() {
        ServerConfig config = new ConfigLoader()
                .environment(Map.of(
                        "LIGNUM_SERVER_PROT", "81",
                        "LIGNUM_JAVA_OPTS", "-Xmx1g",
                        "LIGNUM_JAR", "x.jar",
                        "LIGNUM_CONNECT", "h:1",
                        "LIGNUMX", "y"))
                .load();
        assertThat(config.hints()).hasSize(1);
        assertThat(config.hints().get(0)).contains("LIGNUM_SERVER_PROT", "LIGNUM_SERVER_PORT");
    }

    @Test
    void textWithoutBytes_isRefused() throws IOException {
        for (String value : new String[] {"a\\ud83d", "a\\0b"}) {
            Path file = file("message:\n  data-dir: \"" + value + "\"\n");
            assertThatThrownBy(() -> new ConfigLoader().file(file).load())
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("message.data-dir")
                    .hasMessageContaining("must not contain");
        }
    }

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("config.yml"), text);
    }

    @Test
    void securityMode_isProtectedUnlessSaidOtherwiseByAnySource() throws IOException {
        Path file = file("security:\n  mode: open\nserver:\n  host: 0.0.0.0\n");
        ConfigLoader fromFile = new ConfigLoader().file(file);
        Map<String, String> protecting = Map.of("LIGNUM_SECURITY_MODE", "PROTECTED");
        assertThat(new ConfigLoader().load().access().mode()).isEqualTo(SecurityMode.PROTECTED);
        assertThat(fromFile.load().access().mode()).isEqualTo(SecurityMode.OPEN);
        assertThat(fromFile.environment(protecting).load().access().mode())
                .isEqualTo(SecurityMode.PROTECTED);
        assertThat(fromFile.set("security.mode", "open").load().access().mode())
                .isEqualTo(SecurityMode.OPEN);
    }

    @ParameterizedTest
    @CsvSource({
        "opne, must be one of protected, the nearest is open",
        "protect, must be one of protected, the nearest is protected",
        "observed, must be one of protected, the nearest is observe",
        "off, must be one of protected, the nearest is",
    })
    void modeThatIsNone_isRefusedWithThoseThereAre(String mode, String reason, String way)
            throws IOException {
        Path file = file("security:\n  mode: " + mode + "\n");
        assertThatThrownBy(() -> new ConfigLoader().file(file).load())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("security.mode = \"" + mode + "\" (" + file + " line 2)")
                .hasMessageContaining(reason)
                .hasMessageContaining(way);
    }

    @Test
    void hostsAndFlags_areCheckedAndUnderstood() {
        AccessConfig access = new ConfigLoader()
                .set("http.allowed-hosts", "oak.example, ash.example,oak.example")
                .set("security.public-metrics", "True")
                .set("node.advertised-host", "oak-1.example")
                .load()
                .access();
        assertThat(access.allowedHosts()).containsExactlyInAnyOrder("oak.example", "ash.example");
        assertThat(access.ownNames()).containsExactlyInAnyOrder("oak-1.example", "0.0.0.0");
        assertThat(access.publicMetrics()).isTrue();
        for (String wrong : new String[] {"*", "oak:8080", "a b", "a,,b", "http://oak"}) {
            assertThatThrownBy(() ->
                            new ConfigLoader().set("http.allowed-hosts", wrong).load())
                    .hasMessageContaining("host names without ports");
        }
        assertThatThrownBy(() ->
                        new ConfigLoader().set("security.public-metrics", "yes").load())
                .hasMessageContaining("must be true or false");
    }
}
