package io.lignum.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.cluster.ClusterConfig;
import io.lignum.cluster.peer.NodeAddress;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** When a node belongs to a cluster, and its settings then. */
class ClusterSettingsTest {

    @TempDir
    Path directory;

    @Test
    void withoutAConsulSection_aNodeStandsAlone() {
        assertThat(new ConfigLoader().load().cluster()).isEmpty();
        assertThat(new ConfigLoader().set("cluster.name", "oak").load().cluster())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "consul:\n  host: localhost\n",
                "consul:\n",
                "server:\n  port: 1\nconsul:\n  # nothing\n"
            })
    void consulSection_makesANodeOfACluster(String text) throws IOException {
        ServerConfig config = new ConfigLoader().file(file(text)).load();
        assertThat(config.cluster()).isPresent();
        ServerConfig again = new ConfigLoader().file(file(config.print())).load();
        assertThat(again.print().replaceAll("(?m)  #.*$", ""))
                .isEqualTo(config.print().replaceAll("(?m)  #.*$", ""))
                .contains("consul:\n");
        assertThat(again.cluster()).isPresent();
    }

    @Test
    void consulKeyFromTheEnvironment_makesOneToo() {
        assertThat(new ConfigLoader()
                        .environment(Map.of("LIGNUM_CONSUL_PORT", "8501"))
                        .load()
                        .cluster())
                .isPresent();
    }

    @Test
    void keysOfTheOriginal_meanWhatTheyMeant() throws IOException {
        ServerConfig config = new ConfigLoader().file(file("""
                        server: {host: 127.0.0.1, service-key: service/x/key/master}
                        consul:
                          service-name: trees
                          session-ttl-in-seconds: 20
                          session-renewal-ttl-in-seconds: 18
                          lock-delay-in-ms: 11
                          leader-election-interval-in-ms: 12
                        follower:
                          healthcheck-interval-in-seconds: 2
                          healthcheck-ping-timeout-in-ms: 101
                          registration-leader-check-interval-in-seconds: 6
                        replication:
                          internal-queue-size: 9
                          client-timeout-in-ms: 26
                          wal-replication-port: 7000
                          wal-sync-interval-in-sec: 7
                        cluster: {min-in-sync: 2}
                        """)).load();
        ClusterSettings cluster = config.cluster().orElseThrow();
        assertThat(cluster.internalPort()).isEqualTo(7000);
        ClusterConfig node = cluster.node(new NodeAddress("h", 1, 2, 3));
        assertThat(node.leaderKey()).isEqualTo("service/x/key/master");
        assertThat(node.serviceName()).isEqualTo("trees");
        assertThat(node.nodeId()).isEmpty();
        assertThat(node.sessionTtl()).isEqualTo(Duration.ofSeconds(20));
        assertThat(node.sessionRenewal()).isEqualTo(Duration.ofSeconds(18));
        assertThat(node.lockDelay()).isEqualTo(Duration.ofMillis(11));
        assertThat(node.electionPause()).isEqualTo(Duration.ofMillis(12));
        assertThat(node.heartbeat()).isEqualTo(Duration.ofSeconds(2));
        assertThat(node.heartbeatTimeout()).isEqualTo(Duration.ofMillis(3 * 2_000 + 101));
        assertThat(node.leaderCheck()).isEqualTo(Duration.ofSeconds(6));
        assertThat(node.queueSize()).isEqualTo(9);
        assertThat(node.sendTimeout()).isEqualTo(Duration.ofMillis(26));
        assertThat(node.walSyncInterval()).isEqualTo(Duration.ofSeconds(7));
        assertThat(node.minInSync()).hasValue(2);
        assertThat(node.address()).isEqualTo(new NodeAddress("h", 1, 2, 3));
    }

    @Test
    void serviceName_isTheClustersUnlessGiven() {
        ClusterConfig node = cluster("cluster.name", "forest")
                .cluster()
                .orElseThrow()
                .node(new NodeAddress("h", 1, 2, 3));
        assertThat(node.serviceName()).isEqualTo("forest");
        assertThat(node.clusterName()).isEqualTo("forest");
    }

    @ParameterizedTest
    @CsvSource({
        "node.advertised-host, 10.1.2.3",
        "server.host, 10.1.2.3",
    })
    void addressOfOthersWithoutASecret_isRefusedWithTheWayOut(String key, String value) {
        assertThatThrownBy(() -> cluster(key, value))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("cluster.secret is not set")
                .hasMessageContaining("10.1.2.3")
                .hasMessageContaining("set the same secret on all nodes");
        assertThat(cluster(key, value, "cluster.secret", "s").advertisedHost())
                .isEqualTo("10.1.2.3");
    }

    @Test
    void wildcardWithoutASecret_staysOnThisHostAndSaysSo() {
        ServerConfig config = cluster("server.host", "0.0.0.0");
        assertThat(config.advertisedHost()).isEqualTo("127.0.0.1");
        assertThat(config.hints()).anyMatch(hint -> hint.contains("only nodes on this host"));
        assertThat(cluster("server.host", "0.0.0.0", "cluster.secret", "a".repeat(32))
                        .hints())
                .isEmpty();
    }

    @Test
    void secrets_areNeitherPrintedNorInErrors() {
        ServerConfig config = cluster("cluster.secret", "hunter2", "consul.acl-token", "hunter3");
        assertThat(config.print()).doesNotContain("hunter").contains("acl-token: \"***\"");
        ClusterSettings.Consul consul = config.cluster().orElseThrow().consul();
        assertThat(config.cluster().orElseThrow().consulToken()).hasValue("hunter3");
        assertThat(consul.toString()).doesNotContain("hunter");
    }

    @ParameterizedTest
    @ValueSource(strings = {"consul.tls-ca-file", "consul.tls-cert-file", "consul.tls-key-file"})
    void certificatesWithoutTls_areRefused(String key) {
        assertThatThrownBy(() -> cluster(key, "ca.pem"))
                .hasMessageContaining(key + " = ca.pem")
                .hasMessageContaining("consul.scheme");
    }

    @Test
    void certificateForConsulWithoutItsKey_isRefused() {
        assertThatThrownBy(
                        () -> cluster("consul.scheme", "https", "consul.tls-cert-file", "node.pem"))
                .hasMessageContaining("consul.tls-cert-file = node.pem")
                .hasMessageContaining("set consul.tls-key-file");
    }

    @Test
    void tokenForAnAgentElsewhereWithoutTls_isWarnedOf() {
        String[] far = {
            "consul.host",
            "10.1.2.3",
            "consul.acl-token",
            "hunter3",
            "cluster.secret",
            "a".repeat(32)
        };
        assertThat(cluster(far).hints())
                .anyMatch(hint -> hint.contains("unencrypted") && !hint.contains("hunter3"));
        assertThat(cluster("consul.acl-token", "hunter3").hints())
                .noneMatch(hint -> hint.contains("unencrypted"));
    }

    @Test
    void embedded_isOfTheLoopbackAndHasFreePorts() {
        ServerConfig config = ServerConfig.embeddedInCluster(directory, "127.0.0.1", 8501);
        ClusterSettings cluster = config.cluster().orElseThrow();
        assertThat(cluster.consul().port()).isEqualTo(8501);
        assertThat(cluster.internalPort()).isZero();
        assertThat(cluster.advertisedHost()).isEqualTo("127.0.0.1");
        assertThat(config.hints()).hasSize(1);
    }

    private static ServerConfig cluster(String... settings) {
        ConfigLoader loader = new ConfigLoader().set("consul.host", "localhost");
        for (int i = 0; i < settings.length; i += 2) {
            loader.set(settings[i], settings[i + 1]);
        }
        return loader.load();
    }

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("config.yml"), text);
    }
}
