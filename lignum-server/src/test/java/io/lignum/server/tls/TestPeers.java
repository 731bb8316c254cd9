package io.lignum.server.tls;

import io.lignum.cluster.peer.PeerRequest;
import io.lignum.cluster.peer.PeerResponse;
import io.lignum.cluster.peer.PeerService;
import io.lignum.cluster.peer.PeerStream;
import io.lignum.cluster.peer.PeerStreamReceiver;
import io.lignum.cluster.transport.GrpcNetwork;
import io.lignum.cluster.transport.PeerSecurity;
import io.lignum.cluster.transport.PeerTls;
import io.lignum.cluster.transport.PeerTls.Mode;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The internal listeners of nodes with certificates of {@link TestCertificates}. */
final class TestPeers {

    private TestPeers() {}

    /** The TLS of a node that presents the named certificate and trusts the named CA. */
    static Optional<PeerTls> tls(Mode mode, String name, String ca, String cluster) {
        TlsConfig.Listener off = new TlsConfig.Listener(TlsMode.OFF, ClientAuth.NONE);
        TlsConfig config = new TlsConfig(
                new TlsConfig.Files(
                        TestCertificates.file(name + ".pem"),
                        TestCertificates.file(name + ".key"),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(TestCertificates.file(ca))),
                TlsVersion.TLS_1_2,
                Duration.ZERO,
                Duration.ofDays(1),
                Optional.of(cluster),
                off,
                off);
        TlsIdentity identity = TlsIdentity.load(config);
        return Optional.of(new PeerTls(
                mode,
                () -> identity.peerContext().orElseThrow(),
                TlsVersion.TLS_1_2.protocols(),
                CipherSuites.NAMES));
    }

    /** A network on a free port that refuses peers. */
    static GrpcNetwork start(Optional<PeerTls> tls) throws IOException {
        return GrpcNetwork.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new PeerSecurity(Optional.of("a secret of the tests"), "test"),
                tls,
                1 << 20,
                failure -> {});
    }

    /** A network on a free port that answers each request with {@link PeerResponse.Done}. */
    static GrpcNetwork serve(Optional<PeerTls> tls) throws IOException {
        GrpcNetwork network = start(tls);
        network.serve(new PeerService() {
            @Override
            public PeerStreamReceiver accept(PeerStream stream) {
                throw new AssertionError("no test opens a stream");
            }

            @Override
            public CompletableFuture<PeerResponse> answer(PeerRequest question) {
                return CompletableFuture.completedFuture(new PeerResponse.Done());
            }
        });
        return network;
    }
}
