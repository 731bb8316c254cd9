package io.lignum.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.lignum.access.credential.TokenText;
import io.lignum.server.security.RecoveryFile;
import io.lignum.server.service.NodeAlarm;
import io.lignum.server.service.NodeAlarm.Kind;
import io.lignum.server.tls.TestCertificates;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What a node's alarms say about its security, and when they end. */
class SecurityAlarmsTest {

    @TempDir
    Path directory;

    private static List<Kind> kinds(TestNode node) {
        return node.node().service().alarms().active().stream()
                .map(NodeAlarm::kind)
                .toList();
    }

    private static void await(TestNode node, Kind... kinds) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(kinds(node)).containsExactly(kinds));
    }

    @Test
    void openAndBoundBeyondThisHost_isAnAlarmEverywhereItIsLookedFor() {
        try (TestNode node =
                TestNode.start(directory, "server.host", "0.0.0.0", "security.mode", "open")) {
            assertThat(node.get("/api/cluster").body())
                    .contains(
                            "\"alarms\":[\"standalone: every caller that reaches this host may read")
                    .contains("\"node_alarms\":[{\"code\":\"OPEN_TO_ALL\",\"text\":\"every caller")
                    .contains("\"since_ms\":1");
            assertThat(node.get("/metrics").body())
                    .contains("lignum_alarm{code=\"OPEN_TO_ALL\"} 1")
                    .contains("lignum_alarm{code=\"RECOVERY_TOKEN\"} 0");
        }
    }

    @Test
    void openOnThisHostOnly_isNoAlarm() {
        try (TestNode node = TestNode.start(directory, "security.mode", "open")) {
            assertThat(kinds(node)).isEmpty();
            assertThat(node.get("/api/cluster").body())
                    .contains("\"alarms\":[]", "\"node_alarms\":[]");
        }
    }

    @Test
    void withoutUsers_isAnAlarmUntilThereIsOne() {
        try (TestNode node = TestNode.start(directory, "security.mode", "on")) {
            assertThat(kinds(node)).containsExactly(Kind.NO_USERS);
            node.node().session().security().createUser("ada", Optional.empty()).join();
            await(node);
        }
    }

    @Test
    void withASuperuser_isNoAlarm() {
        try (TestNode node = TestNode.start(
                directory, "security.mode", "on", "security.superusers", "cert:ops")) {
            assertThat(kinds(node)).isEmpty();
        }
    }

    @Test
    void recoveryToken_isAnAlarmWhileItsFileIsThereAndValid() throws IOException {
        try (TestNode node = TestNode.start(directory, "security.mode", "observe")) {
            RecoveryFile.write(directory, TokenText.random(), Instant.now().plusSeconds(3_600));
            await(node, Kind.RECOVERY_TOKEN);
            RecoveryFile.write(directory, TokenText.random(), Instant.now().minusSeconds(1));
            await(node);
        }
    }

    @Test
    void certificate_isAnAlarmBeforeItsEndAndWhenItCannotBeReplaced() throws IOException {
        Path certificate = directory.resolve("node.pem");
        Path key = directory.resolve("node.key");
        TestCertificates.copy("oak", certificate, key);
        try (TestNode node = TestNode.start(
                directory.resolve("data"),
                "tls.mode",
                "optional",
                "tls.cert-file",
                certificate.toString(),
                "tls.key-file",
                key.toString(),
                "tls.reload-interval-in-ms",
                "100",
                "tls.expiry-warning-in-days",
                "200")) {
            assertThat(kinds(node)).containsExactly(Kind.CERTIFICATE_ENDS);
            Instant since = node.node().service().alarms().active().get(0).since();
            Files.writeString(certificate, "half written");
            await(node, Kind.CERTIFICATE_ENDS, Kind.TLS_RELOAD_FAILED);
            assertThat(node.node().service().alarms().active().get(0).since()).isEqualTo(since);
            TestCertificates.copy("oak", certificate, key);
            await(node, Kind.CERTIFICATE_ENDS);
        }
    }
}
