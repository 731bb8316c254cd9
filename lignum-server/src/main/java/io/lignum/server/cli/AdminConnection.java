package io.lignum.server.cli;

import io.lignum.client.Credentials;
import io.lignum.client.Tls;
import io.lignum.record.IoErrors;
import io.lignum.server.grpc.AdminTarget;
import io.lignum.server.grpc.ClusterAdmin;
import io.lignum.server.grpc.SecurityAdmin;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A connection to one node, for operator commands. If several nodes are named, it uses the first
 * that answers.
 */
final class AdminConnection {

    private static final int DEFAULT_PORT = 9080;
    private static final int CONNECT_MILLIS = 5_000;

    private AdminConnection() {}

    static ClusterAdmin open(Connect connect, Terminal terminal) throws IOException {
        return open(connect, terminal, ClusterAdmin::of);
    }

    static SecurityAdmin security(Connect connect, Terminal terminal) throws IOException {
        return open(connect, terminal, SecurityAdmin::of);
    }

    private static <A> A open(Connect connect, Terminal terminal, Function<AdminTarget, A> client)
            throws IOException {
        if (connect.timeout().isZero()) {
            throw CommandFailure.usage("--timeout must be more than 0");
        }
        InetSocketAddress node = reachable(connect.address(terminal));
        Optional<Tls> tls = connect.tls(terminal);
        Optional<Credentials> credentials = connect.credentials(terminal, List.of(node));
        try {
            return client.apply(new AdminTarget(node, tls, credentials, connect.timeout()));
        } catch (IllegalArgumentException e) { // A file for TLS, or the credentials.
            throw CommandFailure.usage(String.valueOf(e.getMessage()));
        }
    }

    private static InetSocketAddress reachable(String named) {
        String why = "";
        for (String address : named.split(",", -1)) {
            InetSocketAddress node = parse(address.strip());
            try (Socket socket = new Socket()) {
                socket.connect(node, CONNECT_MILLIS);
                return node;
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
