package io.lignum.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.server.tls.ServerReply.ServerHello;
import io.lignum.server.tls.TlsListeners.Port;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.interfaces.ECPublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** What a scanner of TLS finds at each port of a node, with messages that no JDK would send. */
class TlsProbeTest {

    private static final int HANDSHAKE_FAILURE = 40;
    private static final int PROTOCOL_VERSION = 70;
    private static final int RENEGOTIATION_INFO = 0xff01;

    /** The end of the random bytes of a server that knows TLS 1.3 (RFC 8446, section 4.1.3). */
    private static final byte[] DOWNGRADE = {'D', 'O', 'W', 'N', 'G', 'R', 'D', 1};

    @TempDir
    static Path directory;

    private static TlsListeners listeners;

    @BeforeAll
    static void start() throws IOException {
        listeners = TlsListeners.start(directory);
    }

    @AfterAll
    static void stop() {
        listeners.close();
    }

    private static ServerReply reply(Port port, ClientHello hello) throws IOException {
        return ServerReply.to(hello, listeners.number(port));
    }

    private static ServerHello hello(Port port, ClientHello hello) throws IOException {
        return reply(port, hello).hello().orElseThrow();
    }

    @ParameterizedTest
    @EnumSource
    void versionsBeforeTwelve_getAnAlert(Port port) throws IOException {
        for (int old : new int[] {ClientHello.TLS_1_0, ClientHello.TLS_1_1}) {
            ServerReply reply = reply(port, ClientHello.of(old));
            assertThat(reply.hello()).isEmpty();
            assertThat(reply.alert()).hasValue(PROTOCOL_VERSION);
        }
        assertThat(reply(port, ClientHello.of(ClientHello.SSL_3)).hello()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void versionTwelve_hasThreeSuitesForTheKey_preferredOnesFirst(Port port) throws IOException {
        assertThat(accepted(port, ClientHello.of(ClientHello.TLS_1_2)))
                .containsExactly(0xc02b, 0xc02c, 0xcca9); // ECDHE_ECDSA, and AES or ChaCha20
    }

    @ParameterizedTest
    @EnumSource
    void versionThirteen_hasThreeSuites_preferredOnesFirst(Port port) throws IOException {
        assertThat(accepted(port, ClientHello.of(ClientHello.TLS_1_3)))
                .containsExactly(0x1301, 0x1302, 0x1303);
    }

    /** Leaves out what the server chose, until it refuses the rest. */
    private static List<Integer> accepted(Port port, ClientHello offer) throws IOException {
        List<Integer> accepted = new ArrayList<>();
        List<Integer> left = new ArrayList<>(offer.suites());
        while (true) {
            ServerReply reply = reply(port, offer.withSuites(left));
            if (reply.hello().isEmpty()) {
                assertThat(reply.alert()).hasValue(HANDSHAKE_FAILURE);
                return accepted;
            }
            ServerHello chosen = reply.hello().get();
            int version = offer.supported().isEmpty() ? offer.version() : ClientHello.TLS_1_3;
            assertThat(chosen.version()).isEqualTo(version);
            accepted.add(chosen.suite());
            left.remove((Object) chosen.suite());
        }
    }

    /** The largest one would cost the node 60 ms for each hello. */
    @ParameterizedTest
    @EnumSource
    void keyExchangeInAFiniteField_isRefused(Port port) throws IOException {
        ClientHello hello = ClientHello.of(ClientHello.TLS_1_3);
        for (int[] group : new int[][] {{0x0100, 256}, {0x0101, 384}, {0x0104, 1024}}) {
            ServerReply reply = reply(port, hello.withGroup(group[0], group[1]));
            assertThat(reply.hello()).isEmpty();
            assertThat(reply.alert()).isPresent();
        }
    }

    @ParameterizedTest
    @EnumSource
    void compression_isNeverChosen(Port port) throws IOException {
        ClientHello hello = ClientHello.of(ClientHello.TLS_1_2);
        assertThat(hello(port, hello.withCompressions(1, 0)).compression()).isZero();
        reply(port, hello.withCompressions(1))
                .hello() // The JDK takes such a hello for one that offers none, too.
                .ifPresent(chosen -> assertThat(chosen.compression()).isZero());
    }

    @ParameterizedTest
    @EnumSource
    void handshakeThatWasMadeOlderOnItsWay_isMarked(Port port) throws IOException {
        ServerHello older = hello(port, ClientHello.of(ClientHello.TLS_1_2));
        assertThat(Arrays.copyOfRange(older.random(), 24, 32)).isEqualTo(DOWNGRADE);
        assertThat(older.extensions()).containsKey(RENEGOTIATION_INFO);
    }

    /** What a client of this JDK sends; it names a version and the protocols above TLS. */
    private static SSLSocket connect(Port port, String version, String... protocols)
            throws IOException {
        SSLSocket socket = TlsClients.connect(
                listeners.number(port), TlsClients.withCertificate("ca.pem", "elsewhere"));
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(new String[] {version});
        parameters.setApplicationProtocols(protocols);
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        return socket;
    }

    @ParameterizedTest
    @CsvSource({"HTTP, ''", "GRPC, h2", "INTERNAL, h2"})
    void protocolAboveTls_isThatOfThePort(Port port, String expected) throws IOException {
        for (String version : new String[] {"TLSv1.2", "TLSv1.3"}) {
            try (SSLSocket socket = connect(port, version, "http/1.0", "h2")) {
                socket.startHandshake();
                assertThat(socket.getApplicationProtocol()).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void certificate_isOfAnEllipticCurve_andForTheNamesOfTheNode(Port port) throws IOException {
        try (SSLSocket socket = connect(port, "TLSv1.3", "h2")) {
            socket.startHandshake(); // Which compares the name.
            var chain = socket.getSession().getPeerCertificates();
            assertThat(chain[0].getPublicKey()).isInstanceOf(ECPublicKey.class);
        }
        SSLSocket underAnotherName = (SSLSocket) TlsClients.trusting("ca.pem")
                .getSocketFactory()
                .createSocket(
                        new Socket(InetAddress.getLoopbackAddress(), listeners.number(port)),
                        "oak.example",
                        1,
                        true);
        try (underAnotherName) {
            SSLParameters parameters = underAnotherName.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            underAnotherName.setSSLParameters(parameters);
            assertThatThrownBy(underAnotherName::startHandshake)
                    .isInstanceOf(SSLHandshakeException.class)
                    .hasMessageContaining("oak.example");
        }
    }

    /** A new handshake within a connection costs the node as much as a connection. */
    @ParameterizedTest
    @EnumSource
    void renegotiation_endsTheConnection(Port port) throws IOException {
        try (SSLSocket socket = connect(port, "TLSv1.2", "h2")) {
            socket.startHandshake();
            socket.startHandshake(); // Sends a hello, which the next read completes.
            assertThatThrownBy(() -> socket.getInputStream().readAllBytes())
                    .isInstanceOf(SSLException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP, TLS_REQUIRED",
        "GRPC, this port requires TLS",
        "INTERNAL, this port requires TLS"
    })
    void bytesWithoutTls_getTheReasonInTheProtocolOfThePort(Port port, String reason)
            throws IOException {
        String request = port == Port.HTTP
                ? "GET /api/topics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                : "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), listeners.number(port))) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).contains(reason);
        }
    }
}
