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
import io.lignum.server.reload.UnusableFileException;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Who may talk to whom between nodes, over real sockets. */
class PeerTlsTest {

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

    private GrpcNetwork start(Optional<PeerTls> tls) throws IOException {
        GrpcNetwork network = TestPeers.start(tls);
        open.add(network);
        return network;
    }

    private GrpcNetwork serve(Optional<PeerTls> tls) throws IOException {
        GrpcNetwork network = TestPeers.serve(tls);
        open.add(network);
        return network;
    }

    private Object outcome(Optional<PeerTls> from, Optional<PeerTls> to) throws Exception {
        GrpcNetwork asked = serve(to);
        return ask(start(from), asked);
    }

    private static Object ask(GrpcNetwork asking, GrpcNetwork asked) throws Exception {
        NodeAddress address = new NodeAddress("127.0.0.1", asked.port(), 0, 0);
        return asking.ask(address, QUESTION, Duration.ofSeconds(10))
                .handle((answer, failure) -> failure == null ? (Object) answer : failure)
                .get(20, TimeUnit.SECONDS);
    }

    private static void assertUnreachable(Object outcome) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        PeerException.class,
                        failure -> assertThat(failure.isUnknown()).isFalse());
    }

    /** The row before and the row after a node's restart in a migration understand each other. */
    @ParameterizedTest
    @CsvSource({
        "OFF, ACCEPT",
        "ACCEPT, OFF",
        "ACCEPT, ACCEPT",
        "ACCEPT, PREFER",
        "PREFER, ACCEPT",
        "PREFER, PREFER",
        "PREFER, REQUIRE",
        "REQUIRE, PREFER",
        "REQUIRE, REQUIRE"
    })
    void neighboursInAMigration_understandEachOther(Mode from, Mode to) throws Exception {
        GrpcNetwork asked = serve(node(to));
        GrpcNetwork asking = start(node(from));
        // A handshake has a limit, which a busy machine may exceed at first.
        Awaitility.await().until(() -> ask(asking, asked) instanceof PeerResponse.Done);
    }

    @Test
    void nodeWithoutTls_isRefusedWhereItIsRequired() throws Exception {
        assertUnreachable(outcome(Optional.empty(), node(Mode.REQUIRE)));
        assertUnreachable(outcome(node(Mode.ACCEPT), node(Mode.REQUIRE)));
    }

    /** The event loop is also the node loop, which strangers must not keep busy. */
    @Test
    void handshakes_areComputedOnThreadsOfTheirOwn() throws Exception {
        assertThat(outcome(node(Mode.REQUIRE), node(Mode.REQUIRE)))
                .isInstanceOf(PeerResponse.Done.class);
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .anyMatch(name -> name.startsWith("lignum-cluster-tls"));
    }

    @Test
    void nodeThatRequiresTls_talksToNoneWithout() throws Exception {
        assertUnreachable(outcome(node(Mode.REQUIRE), Optional.empty()));
    }

    /** Someone between two nodes has another certificate, which neither side accepts. */
    @Test
    void nodeOfAnotherCa_isRefusedByBothSides() throws Exception {
        Optional<PeerTls> stranger = TestPeers.tls(Mode.REQUIRE, "other/oak", "ca.pem", "test");
        assertUnreachable(outcome(stranger, node(Mode.REQUIRE)));
        assertUnreachable(outcome(node(Mode.REQUIRE), stranger));
    }

    private static X509Certificate certificate(String name) throws IOException {
        return PemText.certificates(Files.readAllBytes(TestCertificates.file(name)))
                .get(0);
    }

    private static X509TrustManager trusting(String ca)
            throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", certificate(ca));
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        return (X509TrustManager) factory.getTrustManagers()[0];
    }

    @Test
    void userOfTheClustersCa_isNoNode() throws Exception {
        X509Certificate user = certificate("shop.pem");
        X509Certificate node = certificate("oak.pem");
        PeerTrust trust = new PeerTrust(trusting("ca.pem"), "test");
        trust.checkClientTrusted(new X509Certificate[] {node}, "UNKNOWN");
        assertThatThrownBy(() -> trust.checkClientTrusted(new X509Certificate[] {user}, "UNKNOWN"))
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining("lignum://test/node/ID");
    }

    @Test
    void certificateOfAnotherCluster_isRefusedWhenItIsLoaded() {
        assertThatThrownBy(() -> TestPeers.tls(Mode.REQUIRE, "foreign", "ca.pem", "test"))
                .isInstanceOf(UnusableFileException.class)
                .hasMessageContaining("tls.cert-file")
                .hasMessageContaining("lignum://test/node/ID");
    }

    /** The cluster's CA issued it, and it is that of a server, but of another cluster. */
    @Test
    void nodeOfAnotherCluster_isRefusedByBothSides() throws Exception {
        Optional<PeerTls> other = TestPeers.tls(Mode.REQUIRE, "foreign", "ca.pem", "prod");
        assertUnreachable(outcome(other, node(Mode.REQUIRE)));
        assertUnreachable(outcome(node(Mode.REQUIRE), other));
    }
}
