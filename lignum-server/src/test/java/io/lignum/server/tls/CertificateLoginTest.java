package io.lignum.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.access.Grant;
import io.lignum.access.Grant.Effect;
import io.lignum.access.Principal;
import io.lignum.client.LignumClient;
import io.lignum.client.LignumException;
import io.lignum.client.Tls;
import io.lignum.server.TestNode;
import io.lignum.server.access.Principals;
import io.lignum.server.service.TopicPatch;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** Client certificates as logins, over both ports of a node in mode on. */
class CertificateLoginTest {

    @TempDir
    Path directory;

    private TestNode node;

    @BeforeEach
    void start() {
        node = TestNode.start(
                directory,
                TestCertificates.settings(
                        "security.mode",
                        "on",
                        "tls.mode",
                        "required",
                        "server.client-auth",
                        "optional",
                        "server.grpc-client-auth",
                        "optional"));
        node.node().session().topics().create("t", TopicPatch.NONE).join();
        node.node()
                .session()
                .security()
                .grant(Grant.parse(
                        Principal.parse("cert:shop"),
                        Effect.ALLOW,
                        "viewer",
                        Optional.of("topic:t")))
                .join();
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private String http(SSLContext client, String path, String header) throws IOException {
        try (SSLSocket socket = TlsClients.connect(node.node().httpPort(), client)) {
            String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + header
                    + "Connection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static SSLContext withCertificate(String name) {
        return TlsClients.withCertificate("ca.pem", name);
    }

    @Test
    void certificateOfAUser_isTheUser_overHttp() throws IOException {
        assertThat(http(withCertificate("shop"), "/api/topics/t", "")).startsWith("HTTP/1.1 200 ");
        assertThat(http(withCertificate("shop"), "/api/topics/other", ""))
                .startsWith("HTTP/1.1 403 ")
                .contains("cert:shop needs a grant of describe on topic other");
    }

    @Test
    void certificateOfAUser_isTheUser_overGrpc() {
        Tls tls = Tls.trusting(TestCertificates.file("ca.pem"))
                .certificate(TestCertificates.file("shop.pem"), TestCertificates.file("shop.key"));
        try (LignumClient client = client(tls)) {
            assertThat(client.topics().describe("t").join().name()).isEqualTo("t");
            assertThatThrownBy(() -> client.topics().describe("other").join())
                    .hasCauseInstanceOf(LignumException.AccessDenied.class)
                    .hasMessageContaining("cert:shop");
        }
    }

    @Test
    void certificateOfANode_isNoLogin() throws IOException {
        assertThat(http(withCertificate("oak"), "/api/topics/t", "")).startsWith("HTTP/1.1 401 ");
        Tls tls = Tls.trusting(TestCertificates.file("ca.pem"))
                .certificate(TestCertificates.file("oak.pem"), TestCertificates.file("oak.key"));
        try (LignumClient client = client(tls)) {
            assertThatThrownBy(() -> client.topics().describe("t").join())
                    .hasCauseInstanceOf(LignumException.NotAuthenticated.class);
        }
    }

    @Test
    void withoutACertificate_thereIsNoLogin() throws IOException {
        assertThat(http(TlsClients.trusting("ca.pem"), "/api/topics/t", ""))
                .startsWith("HTTP/1.1 401 ");
    }

    @Test
    void userNamedLikeACertificate_isAnotherPrincipal() throws IOException {
        Principals.user(node.node().session().security(), "shop");
        String header = "Authorization: " + Principals.basic("shop") + "\r\n";
        assertThat(http(TlsClients.trusting("ca.pem"), "/api/topics/t", header))
                .startsWith("HTTP/1.1 403 ")
                .contains("user:shop needs a grant");
    }

    @Test
    void header_outranksTheCertificate() throws IOException {
        String header = "Authorization: " + Principals.basic("shop", "a wrong password") + "\r\n";
        assertThat(http(withCertificate("shop"), "/api/topics/t", header))
                .startsWith("HTTP/1.1 401 ");
    }

    private LignumClient client(Tls tls) {
        return LignumClient.builder()
                .addresses("127.0.0.1:" + node.node().grpcPort())
                .requestTimeout(Duration.ofSeconds(20))
                .tls(tls)
                .build();
    }
}
