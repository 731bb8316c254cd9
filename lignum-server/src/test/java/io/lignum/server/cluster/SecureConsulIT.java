package io.lignum.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.cluster.ClusterStatus;
import io.lignum.server.LignumNode;
import io.lignum.server.config.ConfigLoader;
import io.lignum.server.tls.TestCertificates;
import io.lignum.server.tls.TlsClients;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;

/** A node and a Consul that demands a client certificate and a token. */
class SecureConsulIT {

    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private static final String FIRST = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";
    private static final String SECOND = "bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb";

    @TempDir
    Path directory;

    private Path tokenFile = Path.of("");
    private Path certificate = Path.of("");
    private Path key = Path.of("");

    private void write(Path file, String text) throws IOException {
        Path fresh = Files.writeString(directory.resolve("fresh"), text);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private LignumNode start(SecureConsul consul) {
        return LignumNode.start(new ConfigLoader()
                .embedded(directory.resolve("node"))
                .set("consul.host", "localhost")
                .set("consul.port", Integer.toString(consul.port()))
                .set("consul.scheme", "https")
                .set("consul.tls-ca-file", TestCertificates.file("ca.pem").toString())
                .set("consul.tls-cert-file", certificate.toString())
                .set("consul.tls-key-file", key.toString())
                .set("consul.acl-token-file", tokenFile.toString())
                .set("tls.reload-interval-in-ms", "100")
                .load());
    }

    private static void awaitLeader(LignumNode node) {
        Awaitility.await().atMost(TIMEOUT).until(() -> isLeader(node));
    }

    private static boolean isLeader(LignumNode node) {
        ClusterStatus status = TestCluster.status(node);
        return status.role() == ClusterStatus.Role.LEADER;
    }

    private static boolean isReloaded(LignumNode node, int times) throws IOException {
        URL metrics = new URL("http://localhost:" + node.httpPort() + "/metrics");
        try (InputStream in = metrics.openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .contains("lignum_consul_file_reloads_total{outcome=\"replaced\"} " + times);
        }
    }

    @Test
    void certificateAndLeastToken_areEnoughToStartElectAndLeave() throws Exception {
        certificate = directory.resolve("client.pem");
        key = directory.resolve("client.key");
        TestCertificates.copy("shop", certificate, key);
        tokenFile = directory.resolve("token");
        write(tokenFile, FIRST + "\n");
        try (SecureConsul consul =
                new SecureConsul(directory, TlsClients.withCertificate("ca.pem", "shop"))) {
            consul.createToken(FIRST, FIRST);
            try (LignumNode node = start(consul)) {
                awaitLeader(node);
                assertThat(consul.services()).contains("\"lignum-");

                replaceCertificateAndToken(consul, node);
            }
            assertThat(consul.services()).doesNotContain("\"lignum-");
        }
    }

    /** A check of the node lasts 3 s, so without the new token it would lose its session. */
    private void replaceCertificateAndToken(SecureConsul consul, LignumNode node) throws Exception {
        consul.createToken(SECOND, SECOND);
        write(tokenFile, SECOND);
        Awaitility.await().atMost(TIMEOUT).until(() -> isReloaded(node, 1));
        consul.deleteToken(FIRST);
        TestCertificates.copy("elsewhere", certificate, key);
        Awaitility.await().atMost(TIMEOUT).until(() -> isReloaded(node, 2));
        long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        Awaitility.await().atMost(TIMEOUT).pollInterval(Duration.ofMillis(100)).until(() -> {
            assertThat(isLeader(node)).isTrue();
            return System.nanoTime() > end;
        });
    }
}
