package io.lignum.server.tls;

import io.lignum.cluster.transport.GrpcNetwork;
import io.lignum.cluster.transport.PeerTls;
import io.lignum.server.LignumNode;
import io.lignum.server.TestNode;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * A node's HTTP and gRPC listeners and an internal listener, which all require TLS and present the
 * certificate of {@code oak}.
 */
final class TlsListeners implements AutoCloseable {

    enum Port {
        HTTP,
        GRPC,
        INTERNAL
    }

    private final TestNode node;
    private final GrpcNetwork network;

    private TlsListeners(TestNode node, GrpcNetwork network) {
        this.node = node;
        this.network = network;
    }

    static TlsListeners start(Path directory, String... settings) throws IOException {
        String[] all = Stream.concat(Stream.of("tls.mode", "required"), Stream.of(settings))
                .toArray(String[]::new);
        TestNode node = TestNode.start(directory, TestCertificates.settings(all));
        return new TlsListeners(
                node,
                TestPeers.serve(TestPeers.tls(PeerTls.Mode.REQUIRE, "oak", "ca.pem", "test")));
    }

    LignumNode node() {
        return node.node();
    }

    int number(Port port) {
        return switch (port) {
            case HTTP -> node.node().httpPort();
            case GRPC -> node.node().grpcPort();
            case INTERNAL -> network.port();
        };
    }

    @Override
    public void close() {
        network.close();
        node.close();
    }
}
