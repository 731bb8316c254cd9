package io.lignum.server.cli;

import io.lignum.client.Credentials;
import io.lignum.client.LignumClient;
import io.lignum.client.Tls;
import io.lignum.record.IoErrors;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** The options that select a node, and the connection to it. */
final class Connect {

    static final String VARIABLE = "LIGNUM_CONNECT";

    /** What a user must know who logs in without TLS on another host. */
    private static final String READABLE =
            "the password or token is sent without TLS, so it can be read on"
                    + " the network; use --tls-ca FILE, or --tls";

    private static final String DEFAULT = "localhost:9080";
    private static final int DEFAULT_PORT = 9080;

    @Option(
            names = {"-s", "--server"},
            paramLabel = "HOST:PORT[,HOST:PORT...]",
            description = "gRPC address of the node, or of several nodes of a cluster; default: $"
                    + VARIABLE + ", else " + DEFAULT)
    private String server = "";

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "how long to wait for a response (default: 10s)")
    private Duration timeout = Duration.ofSeconds(10);

    @Mixin
    private TlsOptions tls = new TlsOptions();

    @Mixin
    private LoginOptions login = new LoginOptions();

    Duration timeout() {
        return timeout;
    }

    /** How to use TLS; empty: without. */
    Optional<Tls> tls(Terminal terminal) {
        return tls.tls(terminal);
    }

    /**
     * Who logs in; empty: without a login. May ask the user.
     *
     * @param nodes those that get the password or token
     */
    Optional<Credentials> credentials(Terminal terminal, List<InetSocketAddress> nodes)
            throws IOException {
        try {
            Optional<Credentials> credentials = login.credentials(terminal);
            credentials.ifPresent(Credentials::authorization); // What cannot be sent fails here.
            if (credentials.isPresent()
                    && tls(terminal).isEmpty()
                    && !nodes.stream().allMatch(Connect::isLoopback)) {
                terminal.say(READABLE);
            }
            return credentials;
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()));
        }
    }

    private static boolean isLoopback(InetSocketAddress node) {
        return node.getAddress() != null && node.getAddress().isLoopbackAddress();
    }

    String address(Terminal terminal) {
        return server.isEmpty() ? terminal.environment().getOrDefault(VARIABLE, DEFAULT) : server;
    }

    /**
     * Opens a client. First checks that a node answers: the client itself would keep trying, but a
     * user wants an immediate error.
     */
    LignumClient open(Terminal terminal) throws IOException {
        if (timeout.isZero()) {
            throw CommandFailure.usage("--timeout must be more than 0");
        }
        List<String> addresses =
                Stream.of(address(terminal).split(",", -1)).map(String::strip).toList();
        List<URI> nodes = addresses.stream().map(Connect::parse).toList();
        requireAny(nodes);
        LignumClient.Builder builder =
                LignumClient.builder().addresses(addresses).requestTimeout(timeout);
        try {
            tls(terminal).ifPresent(builder::tls);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(String.valueOf(e.getMessage()));
        }
        credentials(terminal, nodes.stream().map(Connect::target).toList())
                .ifPresent(builder::credentials);
        return builder.build();
    }

    /** Succeeds if one node answers; the error is that of the last one tried. */
    private void requireAny(List<URI> nodes) {
        for (int i = 0; i < nodes.size(); i++) {
            try {
                checkReachable(nodes.get(i));
                return;
            } catch (CommandFailure unreachable) {
                if (i == nodes.size() - 1) {
                    throw unreachable;
                }
            }
        }
    }

    private static InetSocketAddress target(URI uri) {
        int port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
        return new InetSocketAddress(host(uri), port);
    }

    private static String host(URI uri) {
        return uri.getHost().replaceAll("[\\[\\]]", "");
    }

    private void checkReachable(URI uri) {
        InetSocketAddress target = target(uri);
        String host = host(uri);
        int port = target.getPort();
        try (Socket socket = new Socket()) {
            if (target.isUnresolved()) {
                throw new UnknownHostException(host);
            }
            int millis = (int) Math.min(timeout.toMillis(), Integer.MAX_VALUE);
            socket.connect(target, millis);
        } catch (UnknownHostException e) {
            throw CommandFailure.failed("unknown host '" + host + "'; " + hint());
        } catch (IOException e) {
            throw CommandFailure.failed(
                    "no node answers at " + host + ":" + port + " (" + IoErrors.describe(e)
                            + "). Is one running? Start it with: lignum serve; " + hint());
        }
    }

    static String hint() {
        return "use --server HOST:PORT or " + VARIABLE + " to choose another node";
    }

    private static URI parse(String address) {
        try {
            URI uri = new URI("lignum://" + address);
            boolean plain = String.valueOf(uri.getRawPath()).isEmpty() && uri.getUserInfo() == null;
            if (uri.getHost() != null && plain && uri.getPort() <= 65_535 && uri.getPort() != 0) {
                return uri;
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

    /** Returns the value of a future, or throws what it failed with. */
    static <T> T await(CompletableFuture<T> future) {
        return future.join();
    }
}
