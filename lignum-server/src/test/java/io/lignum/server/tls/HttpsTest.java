package io.lignum.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.server.LignumNode;
import io.lignum.server.TestNode;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/** The HTTP port with TLS, as clients of the JDK see it. */
class HttpsTest {

    private static final String PING = "GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private static final String POLL =
            "GET /api/messages?topic=t&from=end&waitMs=30000 HTTP/1.1\r\nHost: localhost\r\n\r\n";

    @TempDir
    Path directory;

    private TestNode start(String... settings) {
        return TestNode.start(directory, TestCertificates.settings(settings));
    }

    private static SSLSocket connect(LignumNode node) throws IOException {
        return TlsClients.connect(node.httpPort(), TlsClients.trusting("ca.pem"));
    }

    /** Sends a request and returns the head of its response. */
    private static String exchange(Socket socket, String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("the response ended after: " + head);
            }
            head.append((char) next);
        }
        int length = Integer.parseInt(
                head.toString().replaceAll("(?si).*content-length: ([0-9]+).*", "$1"));
        return head + new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    @Test
    void requiredMode_servesTlsAndRefusesPlainRequestsWithAReason() throws IOException {
        try (TestNode node = start("server.tls-mode", "required")) {
            try (SSLSocket socket = connect(node.node())) {
                assertThat(exchange(socket, PING)).startsWith("HTTP/1.1 200");
                assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.3");
            }
            for (String path : new String[] {"/ping", "/health/live", "/api/topics"}) {
                assertThat(node.get(path).statusCode()).isEqualTo(403);
                assertThat(node.get(path).body()).contains("TLS_REQUIRED", "https://");
            }
        }
    }

    /** Jetty takes the scheme of an absolute target for that of the connection. */
    @Test
    void plainRequestThatNamesHttps_isRefusedAsWell() throws IOException {
        try (TestNode node = start("tls.mode", "required", "security.mode", "open")) {
            for (String target : new String[] {
                "https://localhost/api/topics", "HTTPS://localhost/ping", "https:/api/topics"
            }) {
                String answer =
                        node.exchange("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
                assertThat(answer).doesNotStartWith("HTTP/1.1 200").startsWith("HTTP/1.1 4");
            }
        }
    }

    @Test
    void handshakesThatFail_leaveNoConnectionBehind() throws IOException {
        try (TestNode node = start("tls.mode", "required", "limits.max-connections", "4")) {
            for (int i = 0; i < 30; i++) {
                try (SSLSocket socket = connect(node.node())) {
                    socket.setEnabledProtocols(new String[] {"TLSv1.1"});
                    assertThatThrownBy(socket::startHandshake).isInstanceOf(IOException.class);
                }
            }
            Awaitility.await().ignoreExceptions().untilAsserted(() -> {
                try (SSLSocket socket = connect(node.node())) {
                    assertThat(exchange(socket, PING)).startsWith("HTTP/1.1 200");
                }
            });
        }
    }

    @Test
    void firstBytesInPieces_areTakenForTls() throws IOException {
        try (TestNode node = start("tls.mode", "optional")) {
            try (SSLSocket socket = TlsClients.connectInPieces(node.node().httpPort())) {
                assertThat(exchange(socket, PING)).startsWith("HTTP/1.1 200");
            }
        }
    }

    @Test
    void optionalMode_servesBothOnOnePort() throws IOException {
        try (TestNode node = start("tls.mode", "optional")) {
            assertThat(node.get("/api/topics").statusCode()).isEqualTo(200);
            try (SSLSocket socket = connect(node.node())) {
                assertThat(exchange(socket, PING)).startsWith("HTTP/1.1 200");
                assertThat(exchange(socket, PING)).startsWith("HTTP/1.1 200");
            }
        }
    }

    @Test
    void oldVersions_areRefused() throws IOException {
        try (TestNode node = start("tls.mode", "required", "tls.min-version", "1.3")) {
            try (SSLSocket socket = connect(node.node())) {
                socket.setEnabledProtocols(new String[] {"TLSv1.2"});
                assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
            }
        }
    }

    @Test
    void versionTwoIsServed_withForwardSecrecyOnly() throws IOException {
        try (TestNode node = start("tls.mode", "required")) {
            try (SSLSocket socket = connect(node.node())) {
                socket.setEnabledProtocols(new String[] {"TLSv1.2"});
                socket.startHandshake();
                assertThat(socket.getSession().getCipherSuite()).startsWith("TLS_ECDHE_ECDSA_");
            }
            try (SSLSocket socket = connect(node.node())) {
                socket.setEnabledProtocols(new String[] {"TLSv1.2"});
                socket.setEnabledCipherSuites(new String[] {
                    "TLS_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"
                });
                assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
            }
        }
    }

    @Test
    void clientsWithoutACertificateOfTheCa_areRefusedWhereOneIsRequired() throws IOException {
        try (TestNode node = start("tls.mode", "required", "server.client-auth", "required")) {
            int port = node.node().httpPort();
            try (SSLSocket with =
                    TlsClients.connect(port, TlsClients.withCertificate("ca.pem", "shop"))) {
                assertThat(exchange(with, PING)).startsWith("HTTP/1.1 200");
            }
            try (SSLSocket without = connect(node.node())) {
                assertThatThrownBy(() -> exchange(without, PING)).isInstanceOf(IOException.class);
            }
            try (SSLSocket other =
                    TlsClients.connect(port, TlsClients.withCertificate("ca.pem", "other/shop"))) {
                assertThatThrownBy(() -> exchange(other, PING)).isInstanceOf(IOException.class);
            }
        }
    }

    /** A connection with TLS has two layers; neither may look like a head that trickles. */
    @Test
    void connectionUsedAfterMoreThanTheSlowClientTimeout_staysOpen() throws Exception {
        try (TestNode node =
                start("tls.mode", "required", "limits.slow-client-timeout-in-ms", "1000")) {
            try (SSLSocket socket = connect(node.node())) {
                for (int i = 0; i < 3; i++) {
                    assertThat(exchange(socket, PING)).startsWith("HTTP/1.1 200");
                    Thread.sleep(1_700); // longer than the timeout and a tick of the guard
                }
                assertThat(exchange(socket, PING)).startsWith("HTTP/1.1 200");
            }
        }
    }

    @Test
    void handshakeAndHeadThatTrickle_areClosedInTime() throws Exception {
        try (TestNode node =
                start("tls.mode", "required", "limits.slow-client-timeout-in-ms", "1000")) {
            byte[] hello = {22, 3, 1, 1, 0, 1, 0, 0, (byte) 252, 3, 3};
            try (Socket socket =
                    new Socket(InetAddress.getLoopbackAddress(), node.node().httpPort())) {
                assertClosedWhileTrickling(socket, hello);
            }
            try (SSLSocket socket = connect(node.node())) {
                socket.startHandshake();
                assertClosedWhileTrickling(
                        socket, "GET /ping HTTP/1.1\r\nX: ".getBytes(StandardCharsets.US_ASCII));
            }
        }
    }

    private static void assertClosedWhileTrickling(Socket socket, byte[] start) throws IOException {
        socket.setSoTimeout(50);
        socket.getOutputStream().write(start);
        Awaitility.await().atMost(Duration.ofSeconds(15)).until(() -> isClosed(socket));
    }

    /** Writes one more byte, then looks whether the node has ended the connection. */
    private static boolean isClosed(Socket socket) {
        try {
            socket.getOutputStream().write('x');
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    @Test
    void longPoll_endsWhenItsClientEndsTheTlsConnection() throws IOException {
        try (TestNode node = start("tls.mode", "optional")) {
            assertThat(node.call("PUT", "/api/topics/t", null).statusCode()).isEqualTo(200);
            SSLSocket socket = connect(node.node());
            socket.getOutputStream().write(POLL.getBytes(StandardCharsets.US_ASCII));
            Awaitility.await().until(() -> node.node().service().waitingReads() == 1);
            socket.close();
            Awaitility.await().until(() -> node.node().service().waitingReads() == 0);
        }
    }

    @Test
    void replacedCertificate_isPresentedToNewConnectionsWhileOldOnesGoOn() throws Exception {
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
                "100")) {
            try (SSLSocket old = connect(node.node())) {
                assertThat(exchange(old, PING)).startsWith("HTTP/1.1 200");
                X509Certificate before = presented(old);
                TestCertificates.copy("elsewhere", certificate, key);
                Awaitility.await().until(() -> !fresh(node.node()).equals(before));
                assertThat(exchange(old, PING)).startsWith("HTTP/1.1 200");
            }
        }
    }

    private static X509Certificate fresh(LignumNode node) throws IOException {
        try (SSLSocket socket = connect(node)) {
            assertThat(exchange(socket, PING)).startsWith("HTTP/1.1 200");
            return presented(socket);
        }
    }

    private static X509Certificate presented(SSLSocket socket) throws IOException {
        return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }

    @Test
    void connectionsAboveTheLimit_areCountedOnceEach() throws IOException {
        try (TestNode node = start("tls.mode", "required", "limits.max-connections", "2")) {
            try (SSLSocket first = connect(node.node())) {
                assertThat(exchange(first, PING)).startsWith("HTTP/1.1 200");
                try (SSLSocket second = connect(node.node())) {
                    assertThat(exchange(second, PING)).startsWith("HTTP/1.1 200");
                    try (SSLSocket third = connect(node.node())) {
                        assertThat(exchange(third, PING))
                                .startsWith("HTTP/1.1 429")
                                .contains("limits.max-connections");
                    }
                }
            }
        }
    }
}
