package io.lignum.server.tls;

import io.lignum.cluster.transport.GrpcNetwork;
import io.lignum.cluster.transport.PeerTls;
import io.lignum.server.LignumNode;
import io.lignum.server.TestNode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;

import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

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

    /** Whether a node of this cluster gets a first answer at a port, over TLS. */
    boolean serves(Port port) throws IOException {
        try (SSLSocket socket = TlsClients.connect(
                number(port), TlsClients.withCertificate("ca.pem", "elsewhere"))) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2"});
            socket.setSSLParameters(parameters);
            String request = port == Port.HTTP
                    ? "GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n"
                    : "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            byte[] answer = socket.getInputStream().readNBytes(9);
            return answer.length == 9
                    && (port != Port.HTTP
                            || new String(answer, StandardCharsets.US_ASCII).equals("HTTP/1.1 "));
        }
    }

    @Override
    public void close() {
        network.close();
        node.close();
    }
}
