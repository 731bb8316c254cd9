package io.lignum.server.cli;

import io.lignum.record.IoErrors;
import io.lignum.server.grpc.ClusterAdmin;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;

/**
 * A connection to one node, for operator commands. If several nodes are named, it uses the first
 * that answers.
 */
final class AdminConnection {

    private static final int DEFAULT_PORT = 9080;
    private static final int CONNECT_MILLIS = 5_000;

    private AdminConnection() {}

    static ClusterAdmin open(Connect connect, Terminal terminal) {
        if (connect.timeout().isZero()) {
            throw CommandFailure.usage("--timeout must be more than 0");
        }
        String named = connect.address(terminal);
        String why = "";
        for (String address : named.split(",", -1)) {
            InetSocketAddress node = parse(address.strip());
            try (Socket socket = new Socket()) {
                socket.connect(node, CONNECT_MILLIS);
                return ClusterAdmin.of(node, connect.tls(terminal), connect.timeout());
            } catch (IllegalArgumentException e) { // A file for TLS; not from the socket.
                throw CommandFailure.usage(String.valueOf(e.getMessage()));
            } catch (IOException e) {
                why = node.isUnresolved() ? "unknown host" : IoErrors.describe(e);
            }
        }
        throw CommandFailure.failed("no node answers at " + named + " (" + why
                + "). Is one running? Start it with: lignum serve; " + Connect.hint());
    }

    private static InetSocketAddress parse(String address) {
        try {
            URI uri = new URI("lignum://" + address);
            if (uri.getHost() != null && uri.getPort() <= 65_535) {
                String host = uri.getHost().replaceAll("[\\[\\]]", "");
                return new InetSocketAddress(
                        host, uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort());
            }
        } catch (URISyntaxException e) {
            throw notAnAddress(address);
        }
        throw notAnAddress(address);
    }

    private static CommandFailure notAnAddress(String address) {
        return CommandFailure.usage(
                "'" + address + "' is not HOST:PORT, for example localhost:9080");
    }
}
