package io.lignum.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lignum.cluster.peer.Member;
import io.lignum.cluster.peer.NodeAddress;
import io.lignum.cluster.peer.PeerException;
import io.lignum.cluster.peer.PeerRequest;
import io.lignum.cluster.peer.PeerResponse;
import io.lignum.cluster.transport.GrpcNetwork;
import io.lignum.cluster.transport.PeerTls;
import io.lignum.cluster.transport.PeerTls.Mode;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** What someone between two nodes achieves who ends TLS on both sides. */
class PeerRelayTest {

    private static final PeerRequest QUESTION =
            new PeerRequest.LogEndRequest(new Member("me", new UUID(1, 2)), 1);

    private final List<GrpcNetwork> open = new ArrayList<>();

    @AfterEach
    void close() {
        open.forEach(GrpcNetwork::close);
    }

    private static Optional<PeerTls> node(Mode mode) {
        return TestPeers.tls(mode, "elsewhere", "ca.pem", "test");
    }

    private GrpcNetwork opened(GrpcNetwork network) {
        open.add(network);
        return network;
    }

    private static Object ask(GrpcNetwork asking, int port) throws Exception {
        return asking.ask(
                        new NodeAddress("127.0.0.1", port, 0, 0), QUESTION, Duration.ofSeconds(10))
                .handle((answer, failure) -> failure == null ? (Object) answer : failure)
                .get(20, TimeUnit.SECONDS);
    }

    private static PeerException failure(GrpcNetwork asking, int port) throws Exception {
        Object outcome = ask(asking, port);
        assertThat(outcome).isInstanceOf(PeerException.class);
        return (PeerException) outcome;
    }

    /** A context that accepts every certificate and presents the named one. */
    private static SSLContext stranger(String name) throws GeneralSecurityException, IOException {
        PrivateKey key = PemText.privateKey(
                Files.readAllBytes(TestCertificates.file(name + ".key")), Optional.empty());
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        X509Certificate[] chain = PemText.certificates(
                        Files.readAllBytes(TestCertificates.file(name + ".pem")))
                .toArray(X509Certificate[]::new);
        keys.setKeyEntry("stranger", key, new char[0], chain);
        KeyManagerFactory factory =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, new char[0]);
        SSLContext made = SSLContext.getInstance("TLS");
        made.init(factory.getKeyManagers(), new TrustManager[] {new TrustingAll()}, null);
        return made;
    }

    private static final class TrustingAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    /** Of another CA, and that of a user of the cluster's CA. */
    @ParameterizedTest
    @CsvSource({
        "other/oak, PREFER",
        "other/oak, REQUIRE",
        "shop, PREFER",
        "shop, REQUIRE",
    })
    void proxyThatIsNoNode_isRefusedByBothSides(String name, Mode mode) throws Exception {
        GrpcNetwork asked = opened(TestPeers.serve(node(mode)));
        try (TlsProxy proxy = new TlsProxy(stranger(name), true, asked.port())) {
            assertThat(failure(opened(TestPeers.start(node(mode))), proxy.port())
                            .isUnknown())
                    .isFalse();
            assertThat(proxy.bytesToNode()).isZero(); // The asking node sent it nothing.
        }
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), asked.port());
        try (Socket socket = stranger(name)
                .getSocketFactory()
                .createSocket(plain, "localhost", asked.port(), true)) {
            socket.setSoTimeout(10_000);
            assertThatThrownBy(() -> socket.getInputStream().read())
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(SocketTimeoutException.class);
        }
    }

    /**
     * A proxy with a node's certificate, but without the secret, relays the handshake of two nodes
     * unchanged. The proofs are about other certificates.
     */
    @ParameterizedTest
    @CsvSource({"PREFER, true", "REQUIRE, true", "PREFER, false"})
    void proofRelayedByAnotherNodesCertificate_isRefused(Mode mode, boolean tlsBehind)
            throws Exception {
        GrpcNetwork asked = opened(TestPeers.serve(node(mode)));
        GrpcNetwork asking = opened(TestPeers.start(node(mode)));
        try (TlsProxy proxy = new TlsProxy(stranger("oak"), tlsBehind, asked.port())) {
            Awaitility.await()
                    .until(() -> failure(asking, proxy.port())
                            .code()
                            .equals(PeerException.NOT_AUTHENTICATED));
            assertThat(proxy.bytesToNode()).isPositive();
        }
        Awaitility.await().until(() -> ask(asking, asked.port()) instanceof PeerResponse.Done);
    }

    /** The same proxy cannot remove TLS from a connection to a node that requires it. */
    @Test
    void proxyThatRemovesTls_isRefusedWhereTlsIsRequired() throws Exception {
        GrpcNetwork asked = opened(TestPeers.serve(node(Mode.REQUIRE)));
        try (TlsProxy proxy = new TlsProxy(stranger("oak"), false, asked.port())) {
            assertThat(failure(opened(TestPeers.start(node(Mode.REQUIRE))), proxy.port())
                            .isUnknown())
                    .isFalse();
        }
    }

    /** The second connection resumes the session of the first, with the same certificates. */
    @Test
    void resumedSession_isBoundToo() throws Exception {
        GrpcNetwork asked = opened(TestPeers.serve(node(Mode.REQUIRE)));
        Optional<PeerTls> mine = node(Mode.REQUIRE);
        for (int i = 0; i < 3; i++) {
            GrpcNetwork asking = opened(TestPeers.start(mine));
            Awaitility.await().until(() -> ask(asking, asked.port()) instanceof PeerResponse.Done);
            asking.close();
        }
    }
}
