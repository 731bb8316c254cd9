package io.lignum.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.client.LignumClient;
import io.lignum.client.LignumException;
import io.lignum.client.Tls;
import io.lignum.server.CommandRun;
import io.lignum.server.TestNode;
import io.lignum.server.tls.TestCertificates;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

/** The Java client and the command line against the gRPC port with TLS. */
class ClientTlsTest {

    @TempDir
    Path directory;

    private TestNode start(String... settings) {
        return TestNode.start(directory, TestCertificates.settings(settings));
    }

    private static Tls tls() {
        return Tls.trusting(TestCertificates.file("ca.pem"));
    }

    private static LignumClient client(TestNode node, Optional<Tls> tls) {
        LignumClient.Builder builder = LignumClient.builder()
                .addresses("127.0.0.1:" + node.node().grpcPort())
                .requestTimeout(Duration.ofSeconds(10));
        tls.ifPresent(builder::tls);
        return builder.build();
    }

    private static int topics(TestNode node, Optional<Tls> tls) {
        try (LignumClient client = client(node, tls)) {
            return client.topics().list().join().size();
        } catch (CompletionException e) {
            throw (LignumException) e.getCause();
        }
    }

    @Test
    void clientWithTheCa_producesAndConsumes() throws Exception {
        try (TestNode node = start("tls.mode", "required");
                LignumClient client = client(node, Optional.of(tls()))) {
            try (var producer = client.producer("t").open()) {
                for (int i = 0; i < 100; i++) {
                    producer.send(new byte[1_000]).join();
                }
            }
            try (var consumer = client.consumer("t").fromBeginning().open()) {
                assertThat(consumer.next().offset()).isZero();
            }
        }
    }

    @Test
    void clientWithoutTls_isToldThatThePortRequiresIt() {
        try (TestNode node = start("tls.mode", "required")) {
            assertThatThrownBy(() -> topics(node, Optional.empty()))
                    .isInstanceOf(LignumException.TlsFailed.class)
                    .hasMessageContaining("requires TLS on this port");
        }
    }

    @Test
    void clientWithTls_isToldThatThePortHasNone() {
        try (TestNode node = start("tls.mode", "off")) {
            assertThatThrownBy(() -> topics(node, Optional.of(tls())))
                    .isInstanceOf(LignumException.TlsFailed.class)
                    .hasMessageContaining("does not use TLS");
        }
    }

    @Test
    void optionalMode_servesBothOnOnePort() {
        try (TestNode node = start("tls.mode", "optional")) {
            assertThat(topics(node, Optional.empty())).isZero();
            assertThat(topics(node, Optional.of(tls()))).isZero();
        }
    }

    @Test
    void nodeOfAnotherCaOrAnotherName_isNotTrusted() {
        try (TestNode node = start("tls.mode", "required")) {
            Tls other = Tls.trusting(TestCertificates.file("other/ca.pem"));
            for (Tls tls : new Tls[] {other, Tls.system()}) {
                assertThatThrownBy(() -> topics(node, Optional.of(tls)))
                        .isInstanceOf(LignumException.TlsFailed.class)
                        .hasMessageContaining("certificate is not accepted");
            }
        }
        try (TestNode node = TestNode.start(
                directory,
                "tls.mode",
                "required",
                "tls.cert-file",
                TestCertificates.file("elsewhere.pem").toString(),
                "tls.key-file",
                TestCertificates.file("elsewhere.key").toString())) {
            assertThatThrownBy(() -> topics(node, Optional.of(tls())))
                    .isInstanceOf(LignumException.TlsFailed.class)
                    .hasMessageContaining("127.0.0.1");
        }
    }

    @Test
    void nodeThatRequiresCertificates_servesThoseOfItsCaOnly() {
        try (TestNode node = start("tls.mode", "required", "server.grpc-client-auth", "required")) {
            Tls shop = tls().certificate(
                            TestCertificates.file("shop.pem"), TestCertificates.file("shop.key"));
            Tls stranger = tls().certificate(
                            TestCertificates.file("other/shop.pem"),
                            TestCertificates.file("other/shop.key"));
            assertThat(topics(node, Optional.of(shop))).isZero();
            for (Tls refused : new Tls[] {tls(), stranger}) {
                assertThatThrownBy(() -> topics(node, Optional.of(refused)))
                        .isInstanceOf(LignumException.TlsFailed.class)
                        .hasMessageContaining("ended the TLS handshake");
            }
        }
    }

    @Test
    void fileThatCannotBeUsed_failsWhenTheClientIsBuilt() {
        assertThatThrownBy(() -> LignumClient.builder().tls(Tls.trusting(Path.of("/no/ca.pem"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("/no/ca.pem");
        assertThatThrownBy(() ->
                        LignumClient.builder().tls(Tls.trusting(TestCertificates.file("shop.key"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("shop.key");
    }

    /** Sends over one connection while the certificate changes, and over new ones afterwards. */
    @Test
    void replacedCertificate_failsNoSend() throws Exception {
        Path certificate = directory.resolve("node.pem");
        Path key = directory.resolve("node.key");
        TestCertificates.copy("oak", certificate, key);
        try (TestNode node = TestNode.start(
                        directory.resolve("data"),
                        "tls.mode",
                        "required",
                        "tls.cert-file",
                        certificate.toString(),
                        "tls.key-file",
                        key.toString(),
                        "tls.reload-interval-in-ms",
                        "100");
                LignumClient client = client(node, Optional.of(tls()));
                var producer = client.producer("t").open()) {
            producer.send(new byte[10]).join();
            TestCertificates.copy("elsewhere", certificate, key);
            Awaitility.await().until(() -> {
                producer.send(new byte[10]).join();
                return !isTrusted(node);
            });
            TestCertificates.copy("oak", certificate, key);
            Awaitility.await().until(() -> {
                producer.send(new byte[10]).join();
                return isTrusted(node);
            });
        }
    }

    private static boolean isTrusted(TestNode node) {
        try {
            topics(node, Optional.of(tls()));
            return true;
        } catch (LignumException.TlsFailed otherName) {
            return false;
        }
    }

    @Test
    void connectionThatSendsNothing_isClosedAfterTheSlowClientTimeout() throws Exception {
        try (TestNode node =
                start("tls.mode", "optional", "limits.slow-client-timeout-in-ms", "500")) {
            for (byte[] start : new byte[][] {{}, {22, 3, 1}}) {
                try (Socket socket =
                        new Socket(InetAddress.getLoopbackAddress(), node.node().grpcPort())) {
                    socket.setSoTimeout(10_000);
                    socket.getOutputStream().write(start);
                    InputStream in = socket.getInputStream();
                    assertThat(in.readAllBytes().length).isLessThan(100);
                }
            }
        }
    }

    @Test
    void httpRequestToTheGrpcPort_isAnsweredWithTheReason() throws Exception {
        try (TestNode node = start("tls.mode", "required");
                Socket socket =
                        new Socket(InetAddress.getLoopbackAddress(), node.node().grpcPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(
                            socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                    .contains("this port requires TLS");
        }
    }

    @Test
    void commands_connectWithTheirOptions() {
        try (TestNode node = start("tls.mode", "required", "server.grpc-client-auth", "required")) {
            String server = "localhost:" + node.node().grpcPort();
            String[] tls = {
                "--server", server,
                "--tls-ca", TestCertificates.file("ca.pem").toString(),
                "--tls-cert", TestCertificates.file("shop.pem").toString(),
                "--tls-key", TestCertificates.file("shop.key").toString()
            };
            CommandRun created = run(tls, "topic", "create", "t");
            assertThat(created.err()).isEmpty();
            assertThat(created.code()).isZero();
            CommandRun status = run(tls, "cluster", "status");
            assertThat(status.err()).isEmpty();
            assertThat(status.code()).isZero();
            CommandRun plain = CommandRun.of("topic", "ls", "--server", server);
            assertThat(plain.code()).isEqualTo(1);
            assertThat(plain.err()).contains("requires TLS on this port", "--tls-ca");
            CommandRun plainStatus = CommandRun.of("cluster", "status", "--server", server);
            assertThat(plainStatus.code()).isEqualTo(1);
            assertThat(plainStatus.err())
                    .contains("this port requires TLS")
                    .doesNotContain("not known whether");
        }
    }

    private static CommandRun run(String[] options, String... command) {
        return CommandRun.of(
                Stream.of(command, options).flatMap(Stream::of).toArray(String[]::new));
    }
}
